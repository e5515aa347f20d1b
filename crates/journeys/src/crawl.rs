//! Walks from link to link and finds one address for each page of the route list.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::Result;

use crate::browser::Browser;

/// How many addresses of one pattern are opened: what links stand on a page depends on the thing it shows (nobody may
/// change the own role, a draft is not under way).
const ADDRESSES: usize = 3;

/// The first address found for each pattern of the route list.
///
/// Starts at `start` with the person who is signed in, opens a few addresses per pattern, and looks at the links there.
///
/// # Errors
/// When a page does not load.
pub async fn addresses(browser: &Browser, patterns: &[String], start: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut opened: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut queue: VecDeque<String> = start.iter().map(|path| (*path).to_owned()).collect();
    while let Some(path) = queue.pop_front() {
        let Some(pattern) = pattern_of(patterns, &path) else { continue };
        let opened = opened.entry(pattern).or_default();
        let address = path.split(['?', '#']).next().unwrap_or_default().to_owned();
        if *opened >= ADDRESSES || !seen.insert(address) || is_file(pattern) {
            continue;
        }
        *opened += 1;
        browser.go(&path).await?;
        // A page may send its visitor on; then it is the other page that was found.
        let shown = browser.path().await?;
        let Some(shown_pattern) = pattern_of(patterns, &shown) else { continue };
        if !found.contains_key(shown_pattern) {
            found.insert(shown_pattern.to_owned(), shown);
        }
        queue.extend(browser.links().await?);
    }
    Ok(found)
}

/// Does the route send a file and not a page?
pub fn is_file(pattern: &str) -> bool {
    let last = pattern.rsplit('/').next().unwrap_or_default();
    last.contains('.')
        || ["healthz", "{file}", "sign-out", "calendar.ics", "token"].contains(&last)
        || pattern.starts_with("/assets/")
        || pattern.starts_with("/feed/")
        || pattern.starts_with("/attachments/")
        // The original of a notice is a download, as its type is.
        || pattern.ends_with("/notice/original")
        || pattern.contains("/files/")
}

/// The pattern that answers a path; a literal segment wins over a parameter, as in the router.
pub fn pattern_of<'a>(patterns: &'a [String], path: &str) -> Option<&'a str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let fits = patterns.iter().filter(|pattern| is_match(pattern, path));
    fits.min_by_key(|pattern| pattern.matches('{').count()).map(String::as_str)
}

fn is_match(pattern: &str, path: &str) -> bool {
    let mut left = pattern.split('/');
    let mut right = path.split('/');
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_segment_wins() {
        let patterns = ["/units/{id}".to_owned(), "/units/new".to_owned(), "/".to_owned()];
        assert_eq!(pattern_of(&patterns, "/units/new?x=1"), Some("/units/new"));
        assert_eq!(pattern_of(&patterns, "/units/7"), Some("/units/{id}"));
        assert_eq!(pattern_of(&patterns, "/"), Some("/"));
        assert_eq!(pattern_of(&patterns, "/units/7/x"), None);
    }
}
