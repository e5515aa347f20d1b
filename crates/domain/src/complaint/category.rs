//! The classification of goods, services and problems (分类): a tree a bureau edits, with the names the national platform uses.
//!
//! The official code list is not public, so the tree has codes of its own that never change their meaning; a name that is no longer
//! used goes out of use on a day and stays readable in old cases.

use super::case::words;

words! {
    /// Which of the three trees.
    CategorySide {
        /// 商品.
        Goods = "goods", "商品";
        /// 服务.
        Service = "service", "服务";
        /// 问题.
        Problem = "problem", "问题";
    }
}

/// One node of the classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its stable code.
    pub code: String,
    /// The tree it belongs to.
    pub side: CategorySide,
    /// The code of the node above; empty at the top.
    pub parent: String,
    /// The name on our pages.
    pub name: String,
    /// The name the national platform uses, for import and re-entry; several are parted by 、.
    pub platform_name: String,
    /// Is it offered in forms?
    pub is_active: bool,
}

impl Category {
    /// Is this what the platform calls it, or we do?
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        !name.is_empty() && (self.name == name || self.platform_name.split('、').any(|it| it.trim() == name))
    }
}

/// The code of a name in one of the trees; `None` when nobody calls anything so.
pub fn find_by_name<'a>(all: &'a [Category], sides: &[CategorySide], name: &str) -> Option<&'a Category> {
    all.iter().filter(|it| sides.contains(&it.side)).find(|it| it.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_platform_is_found() {
        let node = Category {
            code: "p03".into(),
            side: CategorySide::Problem,
            parent: String::new(),
            name: "质量".into(),
            platform_name: "冒充合格产品、在产品中以次充好".into(),
            is_active: true,
        };
        let all = [node];
        let found = find_by_name(&all, &[CategorySide::Problem], "在产品中以次充好").map(|it| it.code.as_str());
        assert_eq!(found, Some("p03"));
        assert!(find_by_name(&all, &[CategorySide::Goods], "质量").is_none());
        assert!(find_by_name(&all, &[CategorySide::Problem], "").is_none());
    }
}
