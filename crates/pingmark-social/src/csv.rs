//! CSV rows (RFC 4180), safe to open in a spreadsheet.

/// Byte order mark. At the beginning of a table for spreadsheets it says that the text is UTF-8;
/// without it, Excel on Windows reads `Ã©` for `é`.
pub const BOM: char = '\u{feff}';

/// Row with its line end, protected against formula injection: a cell that a spreadsheet would
/// compute is escaped by [`escape_formula`], since strangers may have written it.
pub fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    plain_row(cells.into_iter().map(|text| escape_formula(text.as_ref())))
}

/// Row with its line end, quoted where needed but not protected against formulas.
pub fn plain_row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(&text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Puts `'` before a text that begins like a formula: with `=`, `+`, `-`, `@` or a full-width
/// form of one, or with a tab or line end that could hide one. Numbers stay as they are.
pub fn escape_formula(text: &str) -> String {
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
            assert_eq!(escape_formula(text), expected, "{text:?}");
        }
    }
}
