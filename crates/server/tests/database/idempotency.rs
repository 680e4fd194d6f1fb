//! Requests that are sent twice: the second gets the first one's answer, and changes nothing.

use futures_util::future::join_all;
use tenantry_db::{Error, Reply, StoredReply, TenantDb};

use crate::ground::Ground;
use crate::notes::{self, insert, new_id, noted};

const KEY: &str = "4f9c";
const PRINT: &[u8] = b"PUT /notes";

/// An answer with something to compare.
#[derive(Debug)]
struct Answer(&'static str);

impl Reply for Answer {
    fn stored(&self) -> StoredReply {
        let headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
        StoredReply { status: 201, headers, body: self.0.into() }
    }
}

/// One request, from beginning to end.
async fn write(scope: &TenantDb, name: &str, answer: &'static str) -> Result<(), Error> {
    let id = new_id();
    let mut tx = scope.begin()?;
    tx.run(insert(id, name)).await?;
    tx.commit(noted(id, name), Answer(answer)).await?;
    Ok(())
}

#[tokio::test]
async fn the_second_request_gets_the_first_ones_answer() {
    let ground = Ground::new().await;
    let scope = ground.a.repeatable(&ground.authority, KEY, PRINT);
    write(&scope, "one", "the first").await.unwrap();
    let answer = write(&scope, "two", "the second").await;
    assert!(
        matches!(&answer, Err(Error::Replay(kept)) if **kept == Answer("the first").stored()),
        "{answer:?}"
    );
    let answer =
        scope.begin().unwrap().commit(noted(new_id(), "no statement of its own"), Answer("the third")).await;
    assert!(matches!(&answer, Err(Error::Replay(kept)) if kept.body == b"the first"), "{answer:?}");
    assert_eq!(ground.a.rows().await, (1, 1, 1));
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let ground = Ground::new().await;
    write(&ground.a.repeatable(&ground.authority, KEY, PRINT), "one", "the first").await.unwrap();
    let answer = write(&ground.a.repeatable(&ground.authority, KEY, b"another"), "two", "the second").await;
    assert!(matches!(answer, Err(Error::IdempotencyMismatch)), "{answer:?}");
    assert_eq!(ground.a.rows().await, (1, 1, 1));
}

#[tokio::test]
async fn a_key_is_the_tenants_own() {
    let ground = Ground::new().await;
    write(&ground.a.repeatable(&ground.authority, KEY, PRINT), "one", "of a").await.unwrap();
    write(&ground.b.repeatable(&ground.authority, KEY, b"another"), "one", "of b").await.unwrap();
    assert_eq!((ground.a.rows().await, ground.b.rows().await), ((1, 1, 1), (1, 1, 1)));
}

#[tokio::test]
async fn while_the_first_is_at_work_the_second_is_told_so() {
    let ground = Ground::new().await;
    let scope = ground.a.repeatable(&ground.authority, KEY, PRINT);
    let mut first = scope.begin().unwrap();
    first.run(insert(new_id(), "one")).await.unwrap();
    let answer = write(&scope, "two", "the second").await;
    assert!(matches!(answer, Err(Error::IdempotencyInFlight)), "{answer:?}");
    first.commit(noted(new_id(), "one"), Answer("the first")).await.unwrap();
    let answer = write(&scope, "three", "the third").await;
    assert!(matches!(answer, Err(Error::Replay(_))), "{answer:?}");
    assert_eq!(ground.a.rows().await, (1, 1, 1));
}

#[tokio::test]
async fn a_request_that_was_given_up_can_be_made_again() {
    let ground = Ground::new().await;
    let scope = ground.a.repeatable(&ground.authority, KEY, PRINT);
    let mut tx = scope.begin().unwrap();
    tx.run(insert(new_id(), "dropped")).await.unwrap();
    drop(tx);
    let mut tx = scope.begin().unwrap();
    tx.read(notes::list()).await.unwrap();
    tx.refuse(noted(new_id(), "refused")).await.unwrap();
    write(&scope, "one", "the first").await.unwrap();
    assert_eq!(ground.a.rows().await, (1, 2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_is_done() {
    let ground = Ground::new().await;
    let scope = ground.a.repeatable(&ground.authority, KEY, PRINT);
    let names: Vec<String> = (0..12).map(|number| format!("note {number}")).collect();
    let answers = join_all(names.iter().map(|name| write(&scope, name, "done"))).await;
    let others = answers.iter().filter_map(|answer| answer.as_ref().err()).collect::<Vec<_>>();
    assert_eq!(others.len(), 11, "{others:?}");
    let is_expected = |error: &&Error| matches!(error, Error::Replay(_) | Error::IdempotencyInFlight);
    assert!(others.iter().all(is_expected), "{others:?}");
    assert_eq!(ground.a.rows().await, (1, 1, 1));
}
