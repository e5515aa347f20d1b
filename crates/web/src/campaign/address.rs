//! Addresses of pages with the query of a filter.

use domain::Id;
use domain::campaign::schedule::Filter;

/// The address of the activities with this filter.
pub(crate) fn activities_path(campaign_id: &Id, filter: &Filter) -> String {
    with_query(&format!("/campaigns/{campaign_id}/activities"), filter)
}

/// A path with the query of a filter.
pub(crate) fn with_query(path: &str, filter: &Filter) -> String {
    let pairs = filter.pairs();
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encoded() {
        let filter = Filter { text: "老年&讲堂".to_owned(), ..Filter::default() };
        assert_eq!(with_query("/a", &filter), "/a?q=%E8%80%81%E5%B9%B4%26%E8%AE%B2%E5%A0%82");
        assert_eq!(with_query("/a", &Filter::default()), "/a");
    }
}
