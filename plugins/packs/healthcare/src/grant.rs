//! Grants and refusals as texts: a purpose and a line, each of which can be every one.

/// Whether a text such as `phone:cardiology`, `mail:*` or `*` is about a purpose and a line.
pub fn covers(text: &str, purpose: &str, line: &str) -> bool {
    let text = text.trim().to_lowercase();
    let (for_purpose, for_line) = text.split_once(':').unwrap_or((text.as_str(), "*"));
    let fits = |said: &str, asked: &str| said.trim() == "*" || (!asked.is_empty() && said.trim() == asked);
    fits(for_purpose, purpose) && fits(for_line, line)
}
