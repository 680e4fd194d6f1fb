//! Two demonstration tenants, for `serve --demo`.

use secrecy::{ExposeSecret as _, SecretString};
use tenantry_tenancy::{NewTenant, Plan};

use crate::serve::Running;

/// The demonstration tenants: slug, name, administrator.
const TENANTS: [(&str, &str, &str); 2] =
    [("acme", "Acme Corporation", "ada@acme.example"), ("globex", "Globex", "grace@globex.example")];

/// The password of the demonstration administrators.
const PASSWORD: &str = "correct-Horse-42-battery";

/// Create the tenants that are missing, and print how to go on.
pub(crate) async fn prepare(running: &Running) -> anyhow::Result<()> {
    for (slug, name, email) in TENANTS {
        let known = tenantry_web::ports::TenantDirectory::by_slug(&*running.parts.directory, slug).await;
        if known.map_err(|problem| anyhow::anyhow!("{}", problem.code()))?.is_some() {
            continue;
        }
        let tenant = NewTenant {
            name: name.to_owned(),
            slug: Some(slug.to_owned()),
            admin_email: email.to_owned(),
            admin_password: Some(SecretString::from(PASSWORD)),
            plan: Some(Plan::Premium),
            ..NewTenant::default()
        };
        let made = running.parts.tenancy.create_as_system(tenant).await;
        made.map_err(|problem| anyhow::anyhow!("{slug}: {}", problem.cause().unwrap_or(problem.code())))?;
    }
    let operator = running.first_operator.as_ref();
    let (email, password) =
        operator.map_or(("…", "…"), |(email, password)| (email, password.expose_secret()));
    print_walk_through(&running.public_url, email, password);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the operator reads")]
fn print_walk_through(url: &str, operator: &str, password: &str) {
    println!("Demonstration tenants (password of both: {PASSWORD}):");
    for (slug, name, email) in TENANTS {
        println!("  {name:<18} X-Tenant-Slug: {slug:<8} {email}");
    }
    println!(
        r#"
Try it (needs curl and jq):

  URL={url}
  # Ada of Acme signs in
  ADA=$(curl -s $URL/api/v1/auth/login -H 'X-Tenant-Slug: acme' -H 'Content-Type: application/json' \
    -d '{{"email":"ada@acme.example","password":"{PASSWORD}"}}' | jq -r .data.access_token)
  # … and creates a project
  ID=$(curl -s $URL/api/v1/projects -H "Authorization: Bearer $ADA" -H 'Content-Type: application/json' \
    -d '{{"name":"Harbour extension"}}' | jq -r .data.id)
  curl -s $URL/api/v1/projects/$ID -H "Authorization: Bearer $ADA" | jq
  # Grace of Globex asks for it: the same answer as for an id that nobody has
  GRACE=$(curl -s $URL/api/v1/auth/login -H 'X-Tenant-Slug: globex' -H 'Content-Type: application/json' \
    -d '{{"email":"grace@globex.example","password":"{PASSWORD}"}}' | jq -r .data.access_token)
  curl -s $URL/api/v1/projects/$ID -H "Authorization: Bearer $GRACE" | jq
  curl -s $URL/api/v1/projects/$(cat /proc/sys/kernel/random/uuid) -H "Authorization: Bearer $GRACE" | jq
  # What Ada did is in Acme's audit trail
  curl -s "$URL/api/v1/audit/logs?limit=10" -H "Authorization: Bearer $ADA" | jq '.data[] | {{at, action, resource_type}}'

The operator creates a tenant (the password is shown by the first start only):

  ROOT=$(curl -s $URL/api/v1/auth/login -H 'X-Tenant-Slug: platform' -H 'Content-Type: application/json' \
    -d '{{"email":"{operator}","password":"{password}"}}' | jq -r .data.access_token)
  curl -s $URL/api/v1/tenants -H "Authorization: Bearer $ROOT" -H 'Content-Type: application/json' \
    -d '{{"name":"Initech","admin_email":"bill@initech.example","admin_password":"{PASSWORD}"}}' | jq
"#
    );
}
