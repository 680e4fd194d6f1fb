use tenantry_db::Class;

use crate::support::Database;

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let database = Database::new().await;
    for statement in tenantry_events::statements() {
        let role = if statement.class == Class::Claim { "tenantry_worker" } else { "tenantry_app" };
        database.admin.batch_execute(&format!("SET ROLE {role}")).await.unwrap();
        let prepared = database.admin.prepare(statement.sql).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{}: {error:?}", statement.name));
        let bound = usize::from(matches!(statement.class, Class::Read | Class::Write));
        let params = (statement.params)();
        assert_eq!(prepared.params().len(), params.len() + bound, "{}", statement.name);
        for (at, (accepts, ty)) in params.iter().zip(&prepared.params()[bound..]).enumerate() {
            assert!(accepts(ty), "{}: parameter {at} is {ty}", statement.name);
        }
        let columns = (statement.columns)();
        let found: Vec<_> = prepared.columns().iter().filter(|_| !columns.is_empty()).collect();
        assert_eq!(found.len(), columns.len(), "{}", statement.name);
        for (column, found) in columns.iter().zip(found) {
            assert!(
                (column.accepts)(found.type_()),
                "{}: {} is {}",
                statement.name,
                column.name,
                found.type_()
            );
            assert!(
                column.name.is_empty() || column.name == found.name(),
                "{}: {}",
                statement.name,
                found.name()
            );
        }
    }
}
