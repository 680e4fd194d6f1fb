//! The one form that messages have: paragraphs, perhaps a link or a code, a small line at the end; as text and as HTML.

use std::fmt::Write as _;

use crate::Language;

/// A message's words.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Letter {
    pub(crate) subject: String,
    paragraphs: Vec<String>,
    link: Option<(String, String)>,
    code: Option<String>,
    small: Vec<String>,
}

impl Letter {
    /// A letter about something.
    pub fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }

    /// One more paragraph, before the link or the code.
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    /// Where to go: what it is called, and the address.
    pub fn link(mut self, label: impl Into<String>, address: impl Into<String>) -> Self {
        self.link = Some((label.into(), address.into()));
        self
    }

    /// What to type in.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// One more line at the end, in small print.
    pub fn small(mut self, text: impl Into<String>) -> Self {
        self.small.push(text.into());
        self
    }

    /// As plain text.
    pub(crate) fn text(&self) -> String {
        let mut parts = self.paragraphs.clone();
        parts.extend(self.link.as_ref().map(|(label, address)| format!("{label}:\n{address}")));
        parts.extend(self.code.clone());
        parts.extend(self.small.iter().cloned());
        let mut text = parts.join("\n\n");
        text.push('\n');
        text
    }

    /// As HTML, without anything that is loaded from elsewhere.
    pub(crate) fn html(&self, language: Language) -> String {
        let mut body = String::new();
        for paragraph in &self.paragraphs {
            let _ = writeln!(body, "<p>{}</p>", escape(paragraph));
        }
        if let Some((label, address)) = &self.link {
            let _ = writeln!(
                body,
                "<p><a href=\"{0}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:#1f4f8f;\
                 color:#ffffff;text-decoration:none\">{1}</a></p>\n<p style=\"font-size:13px;word-break:break-all\">{0}</p>",
                escape(address),
                escape(label)
            );
        }
        if let Some(code) = &self.code {
            let style = "font-size:28px;letter-spacing:4px;font-family:monospace";
            let _ = writeln!(body, "<p style=\"{style}\">{}</p>", escape(code));
        }
        for line in &self.small {
            let _ = writeln!(body, "<p style=\"font-size:13px;color:#555555\">{}</p>", escape(line));
        }
        format!(
            "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:560px;margin:24px auto;\
             padding:0 16px\">\n{body}</body></html>\n",
            escape(&self.subject)
        )
    }
}

/// Text that is no HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_bring_markup_into_a_letter() {
        let evil = "<img src=x onerror=\"a\">'&";
        let letter = Letter::new(evil).paragraph(evil).link(evil, evil).code(evil).small(evil);
        let html = letter.html(Language::English);
        assert!(!html.contains("<img") && !html.contains("onerror=\""), "{html}");
        assert_eq!(html.matches("&lt;img").count(), 7);
    }

    #[test]
    fn the_text_has_everything() {
        let letter = Letter::new("Hello").paragraph("One.").link("Go", "https://a.example/x").code("123456");
        assert_eq!(letter.small("Bye.").text(), "One.\n\nGo:\nhttps://a.example/x\n\n123456\n\nBye.\n");
    }
}
