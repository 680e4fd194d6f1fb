//! `tenantry doctor`

use secrecy::ExposeSecret as _;
use tenantry_embedded_postgres::find_bin_dir;

use super::parts;
use crate::config::Config;
use crate::start::Parts;

/// What was looked at, and what was found.
struct Finding {
    what: &'static str,
    result: Result<String, String>,
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    println!("{}", config.describe());
    let mut findings = vec![data_dir(config), postgres(config), listen(config), mail(config).await];
    findings.extend(installation(config).await);
    let mut broken = 0;
    for Finding { what, result } in findings {
        match result {
            Ok(detail) => println!("ok    {what}: {detail}"),
            Err(detail) => {
                broken += 1;
                println!("FAIL  {what}: {detail}");
            }
        }
    }
    if broken == 0 { Ok(()) } else { Err(anyhow::anyhow!("{broken} checks failed")) }
}

fn data_dir(config: &Config) -> Finding {
    let folder = config.data_dir.display();
    let probe = config.data_dir.join(".probe");
    let result = if config.data_dir.exists() {
        std::fs::write(&probe, b"")
            .and_then(|()| std::fs::remove_file(&probe))
            .map(|()| format!("{folder} can be written"))
            .map_err(|error| {
                format!("{folder} cannot be written ({error}); give it to the user that runs the server")
            })
    } else {
        Ok(format!("{folder} will be made on the first start"))
    };
    Finding { what: "data folder", result }
}

fn postgres(config: &Config) -> Finding {
    let result = match &config.database.url {
        Some(url) if url.expose_secret().is_empty() => Err("database.url is empty".to_owned()),
        Some(_) => Ok("a PostgreSQL of your own (database.url)".to_owned()),
        None => find_bin_dir(config.database.pg_bin.as_deref())
            .map(|folder| format!("a private one, with the programs in {}", folder.display()))
            .map_err(|error| error.to_string()),
    };
    Finding { what: "PostgreSQL", result }
}

fn listen(config: &Config) -> Finding {
    let address = config.http.listen;
    let result = match std::net::TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => {
            Err(format!("{address}: {error}; another server may be running, choose another http.listen"))
        }
    };
    Finding { what: "address", result }
}

async fn mail(config: &Config) -> Finding {
    let result = match crate::wiring::mail::smtp(config) {
        None => Ok("captured to disk, and not sent (mail.smtp_url is not set)".to_owned()),
        Some(Err(error)) => Err(error.to_owned()),
        Some(Ok(smtp)) => {
            smtp.test().await.map(|()| "the mail server takes our name and password".to_owned())
        }
    };
    Finding { what: "mail", result }
}

/// Open the database as the server would.
async fn installation(config: &Config) -> Vec<Finding> {
    if config.database.url.is_none() && !config.data_dir.join("postgres").exists() {
        return vec![Finding { what: "database", result: Ok("will be made on the first start".to_owned()) }];
    }
    let opened = match parts(config).await {
        Ok(parts) => parts,
        Err(error) if is_in_use(&error) => {
            let detail = "a server is running on this data folder; stop it to look further".to_owned();
            return vec![Finding { what: "database", result: Ok(detail) }];
        }
        Err(error) => {
            return vec![Finding { what: "database", result: Err(format!("{error:#}")) }];
        }
    };
    let findings = look(&opened).await;
    opened.end().await;
    findings
}

fn is_in_use(error: &anyhow::Error) -> bool {
    use crate::start::StartError;
    use tenantry_embedded_postgres::Error;
    matches!(error.downcast_ref(), Some(StartError::Postgres(Error::InUse { .. })))
}

async fn look(opened: &Parts) -> Vec<Finding> {
    let (control, tenant) = tenantry_db::migrate::latest_versions();
    let tenants = opened.tenancy.all_tenants().await;
    let counted = tenants.map_err(|error| error.to_string()).and_then(|all| {
        let stuck = all.iter().filter(|tenant| tenant.status == tenantry_web::ports::TenantStatus::Provisioning).count();
        let text = format!("{} tenants", all.len());
        if stuck == 0 {
            Ok(text)
        } else {
            Err(format!("{text}, {stuck} of them not completely created; a running server completes them within minutes"))
        }
    });
    vec![
        Finding { what: "database", result: Ok(format!("up to date (control {control}, tenant {tenant})")) },
        Finding {
            what: "master key",
            result: Ok(format!("id {}, the one the tenants' keys are wrapped by", opened.keys.master().id())),
        },
        Finding { what: "tenants", result: counted },
    ]
}
