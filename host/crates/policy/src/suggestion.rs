//! Suggestions: what somebody may have meant.

/// The candidate that is so much like the text that it may have been meant.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(text, candidate);
    let scored = candidates.into_iter().map(|candidate| (distance(candidate), candidate));
    let (distance, best) = scored.min()?;
    (distance <= 1 + text.chars().count() / 4).then_some(best)
}

/// "did you mean `weight`?", or else what there is to choose from.
pub(crate) fn help<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(nearest) = nearest(text, candidates.clone()) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let all: Vec<String> = candidates.into_iter().map(|candidate| format!("`{candidate}`")).collect();
    (!all.is_empty() && all.len() <= 20).then(|| format!("there is {}", all.join(", ")))
}
