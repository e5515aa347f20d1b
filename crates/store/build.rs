//! The migrations are embedded; a new file in the folder must rebuild the crate.
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
