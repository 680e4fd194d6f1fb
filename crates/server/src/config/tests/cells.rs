//! `[[database.cells]]`.

use secrecy::ExposeSecret as _;

use super::{Setup, fields::fields_of};
use crate::config::{Cell, cells::FIELDS};

#[test]
fn cells_are_read_from_a_file() {
    let setup = Setup::new().toml(
        r#"
        [[database.cells]]
        name = "eu-2"
        url = "postgres://u:p@eu-2/tenantry"
        region = "eu"
        [[database.cells]]
        name = "us-1"
        url = "postgres://u:p@us-1/tenantry"
        "#,
    );
    let config = setup.config();
    let [first, second] = config.database.cells.as_slice() else { panic!("two cells") };
    assert_eq!((first.name.as_str(), first.region.as_deref()), ("eu-2", Some("eu")));
    assert_eq!((second.name.as_str(), second.region.as_deref()), ("us-1", None));
    assert_eq!(second.url.expose_secret(), "postgres://u:p@us-1/tenantry");
    assert!(config.describe().contains("database.cells = [eu-2, us-1]  ("));
}

#[test]
fn everything_that_is_wrong_with_the_cells_is_reported() {
    let setup = Setup::new().toml(
        r#"
        [[database.cells]]
        name = "EU 2"
        url = "mysql://u:hunter2@eu-2/tenantry"
        [[database.cells]]
        nmae = "us"
        url = ""
        region = 7
        [[database.cells]]
        name = "main"
        url = "postgres://a/b"
        "#,
    );
    assert_eq!(
        setup.errors(),
        [
            "database.cells[0].name = \"EU 2\" (~/tenantry.toml) must be 1 to 40 lower-case letters, digits and inner hyphens",
            "database.cells[0].url (~/tenantry.toml) must be a PostgreSQL URL such as postgres://user:password@host:5432/tenantry",
            "unknown setting database.cells[1].nmae in ~/tenantry.toml; did you mean name?",
            "database.cells[1].name is missing (~/tenantry.toml); it must be 1 to 40 lower-case letters, digits and inner hyphens",
            "database.cells[1].url (~/tenantry.toml) must be a PostgreSQL URL such as postgres://user:password@host:5432/tenantry",
            "database.cells[1].region = 7 (~/tenantry.toml) must be 1 to 40 lower-case letters, digits and inner hyphens, or empty",
            "database.cells[2].name = \"main\" (~/tenantry.toml) must be a name of its own; main is the database of database.url",
        ]
    );
}

#[test]
fn only_a_file_can_hold_cells() {
    let setup = Setup::new().env("TENANTRY_DATABASE_CELLS", "[]").flag("database.cells", "[]");
    assert_eq!(
        setup.errors(),
        [
            "TENANTRY_DATABASE_CELLS can be set in a file only, as [[database.cells]]",
            "database.cells can be set in a file only, as [[database.cells]]",
        ]
    );
    assert_eq!(
        Setup::new().toml("[database]\ncells = ['eu']").errors(),
        ["database.cells = [\"eu\"] (~/tenantry.toml) must be a list of tables"]
    );
}

#[test]
fn the_struct_has_exactly_the_keys_of_a_cell() {
    assert!(FIELDS.iter().map(|field| field.key).eq(fields_of::<Cell>()));
}
