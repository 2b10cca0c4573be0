//! Tables: those that Markdown can write, and the others as HTML.

use super::inline::is_blank;
use super::node::{Element, attribute, name_of};
use super::read::Reader;
use super::{Align, Block, Inline, raw};

impl Reader<'_> {
    /// Blocks of a table. One that only lays out a page is its content.
    pub(super) fn table(&mut self, node: Element<'_>, depth: usize) -> Vec<Block> {
        let own = |one: &Element<'_>| {
            one.ancestors()
                .find(|above| name_of(*above) == "table")
                .is_some_and(|table| table.id() == node.id())
        };
        let rows: Vec<Element<'_>> =
            node.descendants().filter(|one| name_of(*one) == "tr").filter(own).collect();
        let width = rows.iter().map(|row| cells(*row).len()).max().unwrap_or(0);
        let has = |names: &[&str]| node.descendants().skip(1).any(|one| names.contains(&name_of(one)));
        if width <= 1 || has(&["table"]) {
            // Layout: each cell is a part of the page.
            let cells: Vec<Element<'_>> = rows.iter().flat_map(|row| cells(*row)).collect();
            return cells.into_iter().flat_map(|cell| self.blocks(cell.children(), depth)).collect();
        }
        let spans = node.descendants().any(|one| {
            ["colspan", "rowspan"]
                .into_iter()
                .any(|key| attribute(one, key).is_some_and(|span| span.trim() != "1"))
        });
        let blocks =
            ["ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "iframe", "hr"];
        let first_is_head = rows.first().is_some_and(|row| {
            let cells = cells(*row);
            !cells.is_empty() && cells.iter().all(|cell| name_of(*cell) == "th")
                || row.parent().is_some_and(|parent| name_of(parent) == "thead")
        });
        if spans || !first_is_head || has(&blocks) || has(&["caption"]) {
            return vec![Block::Html(raw::serialized(node, self.rules))];
        }
        let mut texts: Vec<Vec<Vec<Inline>>> = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut row: Vec<Vec<Inline>> =
                cells(*row).into_iter().map(|cell| self.inlines(cell.children(), depth)).collect();
            row.resize(width, Vec::new());
            texts.push(row);
        }
        let head = texts.remove(0);
        let mut aligns: Vec<Align> = cells(rows[0]).into_iter().map(align_of).collect();
        aligns.resize(width, Align::None);
        texts.retain(|row| row.iter().any(|cell| !is_blank(cell)));
        vec![Block::Table(head, texts, aligns)]
    }
}

fn align_of(cell: Element<'_>) -> Align {
    let class = attribute(cell, "class").unwrap_or_default();
    let align = attribute(cell, "align").or_else(|| attribute(cell, "data-align")).unwrap_or_default();
    match (align.to_ascii_lowercase().as_str(), class) {
        ("left", _) => Align::Left,
        ("center", _) => Align::Centre,
        ("right", _) => Align::Right,
        (_, class) if class.contains("align-center") => Align::Centre,
        (_, class) if class.contains("align-right") => Align::Right,
        _ => Align::None,
    }
}

fn cells(row: Element<'_>) -> Vec<Element<'_>> {
    row.children().filter(|cell| matches!(name_of(*cell), "td" | "th")).collect()
}
