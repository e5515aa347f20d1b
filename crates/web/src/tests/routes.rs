//! The list of routes is under review: who may use what is one snapshot.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use domain::unit::Role;
use expect_test::expect_file;

use crate::{
    routes::{self, Access},
    testing::TestApp,
};

/// A path with something in the place of each parameter.
fn example(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "0" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn the_list_of_routes_changes_only_on_purpose() {
    expect_file!["routes.txt"].assert_eq(&(crate::route_lines().join("\n") + "\n"));
}

#[test]
fn who_may_use_what() {
    let mut table = String::new();
    for route in routes::list() {
        let marks = Role::ALL.iter().map(|role| match route.access {
            Access::Public | Access::SignedIn => "x",
            // No cookie opens it: the token of a person does.
            Access::Token => "t",
            Access::Roles(roles) if roles.contains(role) => "x",
            Access::Roles(_) => "-",
        });
        let stranger = if route.access == Access::Public { "x" } else { "-" };
        let marks: Vec<&str> = std::iter::once(stranger).chain(marks).collect();
        table += &format!("{}  {:<5} {}\n", marks.join(" "), route.method.as_str(), route.path);
    }
    let head = format!("stranger {}\n", Role::ALL.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join(" "));
    expect_file!["access.txt"].assert_eq(&(head + &table));
}

#[tokio::test]
async fn a_stranger_is_refused_on_every_route_that_is_not_public() {
    let app = TestApp::new().await;
    for route in routes::list().into_iter().filter(|it| !matches!(it.access, Access::Public | Access::Token)) {
        let stranger = app.stranger();
        let answer = stranger.send(route.method.clone(), &example(route.path), Body::empty(), &[]).await;
        if route.method == Method::GET {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", route.path);
            assert!(answer.location().starts_with("/sign-in?next="), "{}", route.path);
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }
}

#[tokio::test]
async fn every_role_is_refused_where_the_list_says_so() {
    let app = TestApp::new().await;
    for role in Role::ALL {
        let visitor = app.visitor(*role).await;
        for route in routes::list() {
            let Access::Roles(roles) = route.access else { continue };
            let answer = visitor.send(route.method.clone(), &example(route.path), Body::empty(), &[]).await;
            let is_refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(
                is_refused,
                !roles.contains(role),
                "{role:?} {} {}: {}",
                route.method,
                route.path,
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn the_pages_without_parameters_are_in_order_for_everybody_who_may_open_them() {
    let app = TestApp::new().await;
    for role in Role::ALL {
        let visitor = app.visitor(*role).await;
        let actor = app.actor(*role).await;
        for route in routes::list() {
            let is_plain = route.method == Method::GET && !route.path.contains('{');
            if is_plain && route.access.allows(Some(&actor)) {
                let page = visitor.follow(route.path).await;
                assert!(page.status.is_success(), "{role:?} {}: {}", route.path, page.status);
            }
        }
    }
    for path in ["/", "/help", "/styleguide", "/sign-in"] {
        app.stranger().get(path).await;
    }
}
