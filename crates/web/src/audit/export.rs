//! GET /audit/logs/export

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use http::{HeaderValue, header};
use tenantry_db::TenantDb;
use tenantry_kernel::Cursor;

use super::ExportAudit;
use super::list::page;
use super::model::{AuditView, Filter};
use crate::describe::OperationDoc;
use crate::envelope::Output;
use crate::{Guard, Problem, Query};

const HEAD: &str = "id,at,actor_type,actor_id,impersonator_id,session_id,action,outcome,resource_type,resource_id,\
                    old_values,new_values,reason,ip,user_agent,request_id\r\n";

/// A CSV file (RFC 4180) that is sent while it is being read.
pub(crate) struct Csv(Response);

impl Output for Csv {
    fn into_response(self) -> Response {
        self.0
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer_media("text/csv", serde_json::json!({"type": "string"}));
    }
}

/// Export every entry that fits the filter, newest first.
pub(crate) async fn export(guard: Guard<ExportAudit>, Query(filter): Query<Filter>) -> Result<Csv, Problem> {
    let (owner, is_filtered) = {
        let seen = guard.permit_each::<AuditView>()?;
        (seen.owner(), seen.is_filtered())
    };
    let tenant = guard.tenant();
    // The first page is read before the status is sent, so that a failure is still a problem document.
    let (filter, first) = match filter.only(owner) {
        Some(filter) => {
            let first = page(&tenant, &filter).await?;
            (filter, first)
        }
        None => (Filter::default(), Vec::new()),
    };
    let guard = Arc::new(guard);
    let rest = stream::unfold(Some((tenant, filter, first, true)), move |state| {
        let guard = Arc::clone(&guard);
        async move {
            let (tenant, filter, rows, is_first) = state?;
            let mut text = if is_first { HEAD.to_owned() } else { String::new() };
            for row in rows.iter().filter(|row| !is_filtered || guard.lets_through(*row)) {
                write_row(&mut text, row);
            }
            let next = next_page(tenant, filter, &rows).await;
            Some(match next {
                Ok(next) => (Ok(text), next),
                Err(problem) => (Err(std::io::Error::other(problem.code())), None),
            })
        }
    });
    // Fused: whoever compresses the body asks once more after its end.
    let mut response = Response::new(Body::from_stream(rest.fuse()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\""));
    Ok(Csv(response))
}

type State = (TenantDb, Filter, Vec<AuditView>, bool);

async fn next_page(
    tenant: TenantDb,
    mut filter: Filter,
    rows: &[AuditView],
) -> Result<Option<State>, Problem> {
    let (Some(last), true) = (rows.last(), rows.len() > 100) else { return Ok(None) };
    filter.cursor = Some(Cursor { at: last.at, id: last.id.as_uuid() });
    let rows = page(&tenant, &filter).await?;
    Ok(Some((tenant, filter, rows, false)))
}

fn write_row(text: &mut String, row: &AuditView) {
    let json =
        |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let id = |value: Option<String>| value.unwrap_or_default();
    let cells = [
        row.id.to_string(),
        row.at.to_string(),
        row.actor_type.clone(),
        id(row.actor_id.map(|id| id.to_string())),
        id(row.impersonator_id.map(|id| id.to_string())),
        id(row.session_id.map(|id| id.to_string())),
        row.action.clone(),
        row.outcome.clone(),
        row.resource_type.clone(),
        id(row.resource_id.map(|id| id.to_string())),
        json(&row.old_values),
        json(&row.new_values),
        row.reason.clone().unwrap_or_default(),
        row.ip.clone().unwrap_or_default(),
        row.user_agent.clone().unwrap_or_default(),
        row.request_id.to_string(),
    ];
    let line: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
    let _ = write!(text, "{}\r\n", line.join(","));
}

/// One cell: quoted, and with formulas disarmed, because spreadsheets run them.
fn quote(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_quotes_doubled() {
        assert_eq!(quote("=1+1"), "\"'=1+1\"");
        assert_eq!(quote("say \"hi\""), "\"say \"\"hi\"\"\"");
    }

    proptest::proptest! {
        #[test]
        fn a_cell_never_breaks_out(cell: String) {
            let inner = quote(&cell);
            let inner = inner.strip_prefix('"').and_then(|t| t.strip_suffix('"')).expect("quoted");
            proptest::prop_assert!(!inner.replace("\"\"", "").contains('"'));
        }
    }
}
