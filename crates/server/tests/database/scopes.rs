//! The ways to a tenant's rows: what they commit, what they roll back, what they report.

use serde_json::Value;
use tenantry_db::{Error, Rule, Scalar};
use tokio_postgres::Row;

use crate::ground::{Ground, origin};
use crate::notes::{self, Note, insert, new_id, noted};
use crate::support::count;

#[tokio::test]
async fn a_cold_connection_finds_the_row() {
    let ground = Ground::new().await;
    let id = new_id();
    let mut tx = ground.a.scope(&ground.authority).begin().unwrap();
    tx.queue(insert(id, "first"));
    tx.commit(noted(id, "first"), ()).await.unwrap();
    for _ in 0..5 {
        let cold = ground.database.authority();
        let found = ground.a.scope(&cold).read(notes::find(id)).await.unwrap();
        assert_eq!(found.unwrap().name, "first", "COMMIT has overtaken a statement that was not prepared");
    }
}

#[tokio::test]
async fn a_cold_connection_commits_everything() {
    let ground = Ground::new().await;
    for round in 0..5 {
        let cold = ground.database.authority();
        let (id, name) = (new_id(), format!("note {round}"));
        let mut tx = ground.a.scope(&cold).begin().unwrap();
        tx.queue(insert(id, &name));
        tx.commit(noted(id, &name), ()).await.unwrap();
    }
    assert_eq!(ground.a.rows().await, (5, 5, 5));
}

#[tokio::test]
async fn a_batch_answers_in_its_own_order() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let notes: Vec<Note> =
        ["one", "three", "two"].map(|name| Note { id: new_id(), name: name.to_owned() }).into();
    let mut tx = scope.begin().unwrap();
    for note in &notes {
        tx.queue(insert(note.id, &note.name));
    }
    tx.commit(noted(new_id(), "three notes"), ()).await.unwrap();
    let batch = (notes::find(notes[2].id), notes::list(), notes::find(new_id()), notes::find(notes[0].id));
    let (two, all, none, one) = scope.read(batch).await.unwrap();
    assert_eq!((two.as_ref(), none, one.as_ref()), (notes.get(2), None, notes.first()));
    assert_eq!(all, notes);
}

#[tokio::test]
async fn an_error_inside_the_flush_is_an_error() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    for _ in 0..3 {
        let answer = scope.read((notes::list(), notes::divide_by_zero(), notes::list())).await;
        assert!(
            matches!(&answer, Err(Error::Postgres(error)) if error.code() == Some("22012")),
            "{answer:?}"
        );
        assert_eq!(scope.read(notes::list()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_error_at_commit_leaves_nothing() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let mut tx = scope.begin().unwrap();
    tx.queue(insert(new_id(), "twice"));
    tx.queue(insert(new_id(), "twice"));
    tx.queue(insert(new_id(), "once"));
    let answer = tx.commit(noted(new_id(), "twice"), ()).await;
    let is_named = matches!(&answer, Err(Error::Constraint { rule: Rule::Unique, name }) if name == "permissions_name_key");
    assert!(is_named, "{answer:?}");
    assert_eq!(ground.a.rows().await, (0, 0, 0));
}

/// PostgreSQL answers such a COMMIT with "ROLLBACK", which is no error to the protocol.
#[tokio::test]
async fn going_on_after_an_error_commits_nothing_and_says_so() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    // Once everything is prepared, only the answers can tell.
    let mut tx = scope.begin().unwrap();
    tx.run(insert(new_id(), "before")).await.unwrap();
    tx.commit(noted(new_id(), "before"), ()).await.unwrap();
    let mut tx = scope.begin().unwrap();
    tx.run(insert(new_id(), "first")).await.unwrap();
    tx.read(notes::divide_by_zero()).await.unwrap_err();
    tx.commit(noted(new_id(), "first"), ()).await.unwrap_err();
    assert_eq!(ground.a.rows().await, (1, 1, 1));
}

#[tokio::test]
async fn a_write_that_calls_itself_a_read_is_refused() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let at = tenantry_kernel::Clock::system().now();
    let answer = scope.read(notes::insert_in_disguise(new_id(), at)).await;
    assert!(matches!(&answer, Err(Error::Postgres(error)) if error.code() == Some("25006")), "{answer:?}");
    assert_eq!(ground.a.rows().await, (0, 0, 0));
}

#[tokio::test]
async fn a_queued_write_that_touches_nothing_is_reported() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let mut tx = scope.begin().unwrap();
    tx.queue(notes::rename(new_id(), "nobody".to_owned()));
    let missed = tx.read(notes::list()).await;
    assert!(matches!(missed, Err(Error::Missed(name)) if name.ends_with("::rename")), "{missed:?}");
    drop(tx);
    let mut tx = scope.begin().unwrap();
    tx.queue(notes::rename(new_id(), "nobody".to_owned()));
    let missed = tx.commit(noted(new_id(), "nobody"), ()).await;
    assert!(matches!(missed, Err(Error::Missed(_))), "{missed:?}");
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let mut tx = scope.begin().unwrap();
    tx.run(insert(new_id(), "dropped")).await.unwrap();
    assert_eq!(tx.read(notes::list()).await.unwrap().len(), 1);
    drop(tx);
    assert_eq!(scope.read(notes::list()).await.unwrap(), []);
    let mut tx = scope.begin().unwrap();
    tx.queue(insert(new_id(), "never sent"));
    drop(tx);
    assert_eq!(ground.a.rows().await, (0, 0, 0));
}

#[tokio::test]
async fn row_audit_entry_and_event_are_of_one_transaction() {
    let ground = Ground::new().await;
    let id = new_id();
    let mut tx = ground.a.scope(&ground.authority).begin().unwrap();
    tx.run(insert(id, "one")).await.unwrap();
    tx.commit(noted(id, "one"), ()).await.unwrap();
    let sql = "SELECT l.action, l.outcome, l.actor_type, l.resource_type, l.new_values, o.type, o.data, \
        p.xmin::text = l.xmin::text AND l.xmin::text = o.xmin::text \
        FROM permissions p JOIN audit_log l ON l.resource_id = p.id JOIN outbox o ON o.aggregate_id = p.id WHERE p.id = $1";
    let row: Row = ground.a.admin().await.query_one(sql, &[&id]).await.unwrap();
    let texts: Vec<String> = [0, 1, 2, 3, 5].map(|at| row.get(at)).into();
    assert_eq!(texts, ["notes:write", "success", "system", "note", "tenantry.note.noted"]);
    let values = serde_json::json!({"name": "one"});
    assert_eq!((row.get::<_, Value>(4), row.get::<_, Value>(6)), (values.clone(), values));
    assert!(row.get::<_, bool>(7), "they were committed one by one");
}

#[tokio::test]
async fn a_refusal_commits_what_was_written_and_its_trail_but_no_event() {
    let ground = Ground::new().await;
    let scope = ground.a.scope(&ground.authority);
    let mut tx = scope.begin().unwrap();
    tx.run(insert(new_id(), "counter")).await.unwrap();
    tx.queue(insert(new_id(), "another counter"));
    tx.refuse(noted(new_id(), "refused").reason("wrong password")).await.unwrap();
    assert_eq!(ground.a.rows().await, (2, 1, 0));
    let refused = "SELECT count(*) FROM audit_log WHERE outcome = 'refused' AND reason = 'wrong password'";
    assert_eq!(count(&ground.a.admin().await, refused).await, 1);
}

#[tokio::test]
async fn two_tenants_write_the_same_names_and_see_their_own() {
    let ground = Ground::new().await;
    for tenant in [&ground.a, &ground.b] {
        let id = new_id();
        let mut tx = tenant.scope(&ground.authority).begin().unwrap();
        tx.queue(insert(id, "the same"));
        tx.commit(noted(id, "the same"), ()).await.unwrap();
    }
    for tenant in [&ground.a, &ground.b] {
        let seen = tenant.scope(&ground.authority).read(notes::in_sight()).await.unwrap();
        assert_eq!(seen, [Scalar(tenant.id)]);
    }
}

#[tokio::test]
async fn an_operators_transaction_leaves_its_reason_in_the_trail() {
    let ground = Ground::new().await;
    let open = || ground.authority.platform(origin().into(), "a ticket").unwrap();
    let mut tx = open();
    tx.run(notes::count_placements()).await.unwrap();
    drop(tx);
    let mut tx = open();
    tx.run(notes::count_placements()).await.unwrap();
    tx.commit(noted(new_id(), "looked"), ()).await.unwrap();
    let reasons = "SELECT count(*) FROM app.audit_log WHERE reason = 'a ticket' AND tenant_id = $1";
    let admin = ground.database.admin().await;
    let root = ground.authority.root().as_uuid();
    assert_eq!(admin.query_one(reasons, &[&root]).await.unwrap().get::<_, i64>(0), 1);
}
