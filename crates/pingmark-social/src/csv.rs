//! Rows for spreadsheets and schedulers (RFC 4180).

/// A row, its end included. A cell that a spreadsheet would take for a formula is made a text:
/// what strangers may have written must not compute when a file is opened.
pub fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    plain_row(cells.into_iter().map(|text| inert(text.as_ref())))
}

/// A row as it is.
pub fn plain_row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(&text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A text with `'` before it when it begins as a formula does: with `=`, `+`, `-`, `@`, or with a
/// tab or line end behind which one could hide. Hashtags and numbers stay as they are.
pub fn inert(text: &str) -> String {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let is_number = text.parse::<f64>().is_ok();
    if begins && !is_number { format!("'{text}") } else { text.to_owned() }
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed() {
        assert_eq!(row(["a", "b,c", "d\"e", "f\ng", ""]), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+33 1", "'+33 1"),
            ("-1", "-1"),
            ("-a", "'-a"),
            ("@nom", "'@nom"),
            ("\t=1", "'\t=1"),
            ("#tag", "#tag"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }
}
