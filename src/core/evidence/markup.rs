//! Owns the markup of a page: its head and style, paragraphs, tables and lists. Must never let a
//! text become markup, nor need anything from a network.

pub(super) const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n";

pub(super) const STYLE: &str = "\
:root { color-scheme: light }
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 0 .2rem } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; border-bottom: 1px solid #999 }
p { margin: .4rem 0 } .faint { color: #555 } .good { color: #0b5d1e } .bad { color: #9c1c1c }
.verdict { font-weight: 600; border: 2px solid; padding: .1rem .5rem; border-radius: .2rem }
table { border-collapse: collapse; width: 100%; font-size: .88rem } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: break-word }
th { font-weight: 600; white-space: nowrap } td.n { text-align: right; white-space: nowrap } td.k { white-space: nowrap; width: 11rem; color: #555 } td.k + td { overflow-wrap: anywhere }
code, pre { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif } li { margin: .15rem 0 }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt } h2 { break-after: avoid } tr, svg, li { break-inside: avoid } @page { margin: 15mm } }
";

/// A page as it is written.
pub(super) struct Page(pub(super) String);

impl Page {
    pub(super) fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub(super) fn section(&mut self, title: &str) {
        self.raw(&format!("<h2>{}</h2>\n", escape(title)));
    }

    pub(super) fn note(&mut self, text: &str) {
        self.raw(&format!("<p class=\"faint\">{}</p>\n", escape(text)));
    }

    /// A table of two columns, of what is known.
    pub(super) fn facts(&mut self, facts: &[(&str, Option<String>)]) {
        self.raw("<table>\n");
        for (name, value) in facts {
            if let Some(value) = value {
                let (name, value) = (escape(name), escape(value));
                self.raw(&format!("<tr><td class=\"k\">{name}</td><td>{value}</td></tr>\n"));
            }
        }
        self.raw("</table>\n");
    }

    pub(super) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.raw("<table>\n<thead><tr>");
        for name in head {
            self.raw(&format!("<th>{}</th>", escape(name)));
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            let cells: String =
                row.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            self.raw(&format!("<tr>{cells}</tr>\n"));
        }
        self.raw("</tbody>\n</table>\n");
    }

    pub(super) fn items(&mut self, items: &[String]) {
        let items: String = items.iter().map(|it| format!("<li>{}</li>\n", escape(it))).collect();
        self.raw(&format!("<ul>\n{items}</ul>\n"));
    }
}

/// Text that can neither become markup nor hide what it says.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            it if it.is_control() || is_unseen(it) => out.extend(it.escape_unicode()),
            it => out.push(it),
        }
    }
    out
}

/// Characters that are not seen, or change how others are.
fn is_unseen(it: char) -> bool {
    matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
