//! What must not compile, with the messages a developer gets.
//!
//! `TRYBUILD=overwrite cargo test -p tenantry-db --test compile_fail` writes the messages anew; read the difference.

#[test]
fn what_must_not_compile_does_not() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
