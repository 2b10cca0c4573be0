//! For people: the line with the place underlined, and the next step below it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Found, Lines};
use crate::diag::Severity;
use crate::printable::{printable, without_c1};

/// Draws one diagnostic. `also` names other places with the same problem.
pub(super) fn draw(found: &Found<'_>, colour: bool, also: Option<String>) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let level = match found.diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::NOTE.with_name("advice"),
    };
    // The renderer takes hints as styled text, and leaves their control characters as they are.
    let (message, hint) = (printable(&found.words.message), found.words.hint.as_deref().map(printable));
    let title = level.primary_title(&*message).id(found.diagnostic.code.as_str());
    let mut group = match (&found.source, &found.path) {
        (Some((lines, span)), Some(path)) => {
            let label = Some(found.words.label).filter(|label| !label.is_empty());
            title.element(snippet(lines, span, label).path(path.as_str()))
        }
        (None, Some(path)) => {
            let mut origin = Origin::path(path.as_str());
            if let Some(place) = &found.place {
                origin = origin.line(place.line).char_column(place.column);
            }
            title.element(origin)
        }
        (_, None) => Group::with_title(title),
    };
    if let Some(places) = &also {
        group = group.element(Level::NOTE.message(format!("the same at {}", printable(places))));
    }
    if let Some(hint) = &hint {
        group = group.element(Level::HELP.message(&**hint));
    }
    // In the lines of the file, the renderer replaces the other control characters.
    without_c1(renderer.render(&[group]) + "\n")
}

/// The lines that a span touches, with the span underlined. The renderer splits all the text that
/// it is given: with the whole file, drawing many diagnostics of one file would take the square of
/// its length.
fn snippet<'a>(
    lines: &'a Lines,
    span: &Range<usize>,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = &*lines.text;
    let mut first = lines.line(span.start);
    // The renderer knows no line after the last line end.
    if first > 0 && lines.starts[first] == text.len() {
        first -= 1;
    }
    let start = lines.starts[first];
    let end = lines.starts.get(lines.line(span.end) + 1).copied().unwrap_or(text.len());
    let annotation = AnnotationKind::Primary.span(span.start - start..span.end - start).label(label);
    Snippet::source(&text[start..end]).line_start(first + 1).annotation(annotation)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(snippet: Snippet<'_, annotate_snippets::Annotation<'_>>, renderer: &Renderer) -> String {
        renderer.render(&[Level::ERROR.primary_title("x").element(snippet.path("a.md"))])
    }

    proptest! {
        #[test]
        fn a_few_lines_are_drawn_as_in_the_whole_file(
            text in "([ \t]{0,3}[a-zé你🎉`*]{0,12}[ ]{0,2}\n?){0,30}(x{200}\n)?",
            start: prop::sample::Index,
            end: prop::sample::Index,
            short: bool,
        ) {
            let boundary = |at| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (start.index(text.len() + 1), end.index(text.len() + 1));
            let (start, end) = (boundary(start.min(end)), start.max(end));
            let end = boundary(if short { end.min(start + 5) } else { end });
            let lines = Lines::new(text.as_str().into());
            let label = short.then_some("here");
            for renderer in [Renderer::plain(), Renderer::styled()] {
                let annotation = AnnotationKind::Primary.span(start..end).label(label);
                let whole = drawn(Snippet::source(&text).annotation(annotation), &renderer);
                prop_assert_eq!(drawn(snippet(&lines, &(start..end), label), &renderer), whole);
            }
        }
    }
}
