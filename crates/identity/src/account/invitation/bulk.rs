//! POST /users/invite/bulk: many invitations from a table.

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_access::Catalogue;
use tenantry_db::Committed;
use tenantry_kernel::{Clock, FieldError, Kind as _, Rng, RoleId};
use tenantry_messages::Language;
use tenantry_web::{Asker, Body, Guard, Problem, Success, Use, View};

use super::create::{LIFE_DAYS, Person, invite, terms};
use super::{Invitation, InvitationId};
use crate::service::Identity;
use crate::{Error, InviteUser};

/// How many rows a table may have.
const MOST: usize = 200;

/// Whom to invite, as CSV.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkInvitation {
    /// CSV (RFC 4180) with a head: `email`, and perhaps `first_name` and `last_name`; at most 200 rows.
    #[garde(length(max = 262_144))]
    csv: String,
    /// The roles that everybody gets: at most 20, each of which the caller could give. Left out: `user`.
    #[garde(inner(length(max = 20)))]
    role_ids: Option<Vec<RoleId>>,
    /// What the messages are written in; by default what `Accept-Language` says.
    #[garde(skip)]
    language: Option<Language>,
    /// How many days the links count, 1 to 30; 7 when left out.
    #[garde(inner(range(min = 1, max = 30)))]
    expires_in_days: Option<i32>,
}

/// What became of each row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BulkInvited {
    invited: Vec<InvitedRow>,
    failed: Vec<FailedRow>,
}

/// A row whose person is invited.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct InvitedRow {
    /// Its number, from 1, the head not counted.
    row: usize,
    id: InvitationId,
    email: String,
}

/// A row whose person is not.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct FailedRow {
    /// Its number, from 1, the head not counted.
    row: usize,
    /// `email_taken`, `already_invited` or `validation_failed`.
    code: &'static str,
    errors: Vec<FieldError>,
}

impl View for BulkInvited {}

/// One row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Row {
    fn person(self) -> Result<Person, Error> {
        let email = Identity::email("#/email", &self.email)?;
        let name = |field: &str, name: Option<String>| match name.map(|name| name.trim().to_owned()) {
            Some(name) if name.chars().count() > 100 => Err(Error::field(field, "at most 100 characters")),
            Some(name) if name.contains('\0') => Err(Error::field(field, "NUL is not allowed")),
            other => Ok(other.filter(|name| !name.is_empty())),
        };
        let (first_name, last_name) =
            (name("#/first_name", self.first_name)?, name("#/last_name", self.last_name)?);
        Ok(Person { email, first_name, last_name })
    }
}

/// Read the table.
fn read(text: &str) -> Result<Vec<Result<Row, Error>>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|_| Error::field("#/csv", "this is no CSV"))?;
    if !head.iter().any(|name| name == "email") {
        return Err(Error::field("#/csv", "the head has no column `email`"));
    }
    if let Some(unknown) = head.iter().find(|name| !["email", "first_name", "last_name"].contains(name)) {
        let unknown: String = unknown.chars().take(50).collect();
        return Err(Error::field("#/csv", format!("there is no column `{unknown}`")));
    }
    let rows: Vec<Result<Row, Error>> = reader
        .deserialize()
        .take(MOST + 1)
        .map(|row| row.map_err(|_| Error::field("#", "this row does not fit the head")))
        .collect();
    match rows.len() {
        0 => Err(Error::field("#/csv", "there are no rows")),
        count if count > MOST => Err(Error::field("#/csv", format!("at most {MOST} rows"))),
        _ => Ok(rows),
    }
}

/// Invite many people. Those that cannot be invited are told; the others are invited, each wholly.
pub(crate) async fn create(
    guard: Guard<InviteUser>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<BulkInvitation>,
) -> Result<Committed<Success<BulkInvited>>, Problem> {
    guard.permit_all::<Invitation>()?;
    let mut tx = guard.tenant().begin()?;
    let language = request.language.unwrap_or_else(|| Language::choose(None, asker.languages()));
    let life_days = request.expires_in_days.unwrap_or(LIFE_DAYS);
    let terms =
        terms(&guard, &catalogue, &mut tx, request.role_ids, (language, life_days, clock.now())).await?;
    let (mut invited, mut failed, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, row) in read(&request.csv)?.into_iter().enumerate() {
        let row_number = index + 1;
        let made = match row.and_then(Row::person) {
            Ok(person) => invite(&identity, &mut tx, (&clock, &rng), person, &terms).await,
            Err(error) => Err(error),
        };
        match made {
            Ok((invitation, made)) => {
                changes.extend(made);
                invited.push(InvitedRow { row: row_number, id: invitation.id, email: invitation.email });
            }
            // After these nothing has been written, and the transaction goes on.
            Err(error @ (Error::Fields(_) | Error::EmailTaken | Error::AlreadyInvited)) => {
                failed.push(FailedRow { row: row_number, code: error.code(), errors: error.fields() });
            }
            Err(error) => return Err(error.into()),
        }
    }
    let answer = Success::ok(BulkInvited { invited, failed });
    if changes.is_empty() {
        return Ok(tx.unchanged(answer).await?);
    }
    Ok(tx.commit_all(changes, answer).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(text: &str) -> Vec<Option<(String, Option<String>)>> {
        let rows = read(text).expect("a table");
        rows.into_iter()
            .map(|row| row.and_then(Row::person).ok().map(|person| (person.email, person.first_name)))
            .collect()
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        let found = people(
            "\u{feff}first_name, email\r\nAda, A@b.example\r\n\"Grace \"\"G\"\"\",g@b.example\r\n,nobody\r\nx\r\n",
        );
        let some = |email: &str, name: &str| Some((email.to_owned(), Some(name.to_owned())));
        assert_eq!(found, [some("a@b.example", "Ada"), some("g@b.example", "Grace \"G\""), None, None]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let long = format!("email\n{}", "a@b.example\n".repeat(MOST + 1));
        for text in ["", "name\nAda", "email,role\na@b.example,admin", "email\n", &long] {
            assert!(read(text).is_err(), "{}", text.chars().take(40).collect::<String>());
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_a_table_never_panics(text in "(email)?[,\"\n\r;a@é\u{feff}]{0,40}") {
            let _ = read(&text);
        }
    }
}
