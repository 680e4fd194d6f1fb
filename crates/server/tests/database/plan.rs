//! Plans, as far as they matter here: which tables a statement scans, and by what.

use serde_json::Value;
use tenantry_db::Statement;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// One scan of a table or an index.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The table; of a bitmap index scan the table above it.
    pub(crate) table: String,
    /// The index, if there is one.
    pub(crate) index: String,
    /// What the index is entered by.
    pub(crate) key: String,
    /// What is looked at in every row found.
    pub(crate) filter: String,
}

impl Scan {
    /// Whether the scan goes through an index.
    pub(crate) fn is_by_index(&self) -> bool {
        !self.index.is_empty()
    }

    /// Whether the scan keeps to rows for which `condition` holds.
    pub(crate) fn keeps_to(&self, condition: &str) -> bool {
        self.key.contains(condition) || self.filter.contains(condition)
    }
}

/// The scans of a statement under the plan that serves every parameter. Also a proof that the role may run it:
/// PREPARE asks for no rights, EXPLAIN does.
pub(crate) async fn scans(client: &Client, statement: &Statement) -> Result<Vec<Scan>, Error> {
    let params = client.prepare(statement.sql).await?.params().len();
    let nulls = if params == 0 { String::new() } else { format!("({})", vec!["NULL"; params].join(", ")) };
    client
        .batch_execute(&format!(
            "SET plan_cache_mode = force_generic_plan; SET enable_partition_pruning = off; PREPARE plan AS {}",
            statement.sql
        ))
        .await?;
    // Unpruned: nothing but NULL is asked for, and no partition is for that.
    let answer = client.simple_query(&format!("EXPLAIN (FORMAT JSON) EXECUTE plan{nulls}")).await;
    client.batch_execute("DEALLOCATE plan").await?;
    let text: String = answer?
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect();
    let plan: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    walk(&plan[0]["Plan"], "", &mut found);
    Ok(found)
}

fn walk(node: &Value, above: &str, found: &mut Vec<Scan>) {
    let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
    let kind = text("Node Type");
    let table = if kind == "Bitmap Index Scan" { above.to_owned() } else { text("Relation Name") };
    if matches!(
        kind.as_str(),
        "Seq Scan" | "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" | "Tid Scan"
    ) {
        found.push(Scan {
            table: table.clone(),
            index: text("Index Name"),
            key: text("Index Cond"),
            filter: text("Filter"),
        });
    }
    // Only between a bitmap's heap and its indexes are there nodes without a table of their own.
    let below = if kind.starts_with("Bitmap") && table.is_empty() { above } else { &table };
    for child in node["Plans"].as_array().into_iter().flatten() {
        walk(child, below, found);
    }
}
