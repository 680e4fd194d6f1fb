//! GET {issuer}/account, GET and POST {issuer}/account/{page}

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};
use tenantry_identity::{Oneself, Visitor};
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Path, Problem, Public, RawForm, RawQuery, Use, status_of};

use super::{OwnPage, applications, profile, proof, request, security, sessions};
use crate::authorize::answer::{Hosted, with_query};
use crate::authorize::browser::{Current, current, is_own_form};
use crate::authorize::decide::{Fresh, Room, decide};
use crate::authorize::endpoint::finish;
use crate::authorize::request::Fault;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the address may hold, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct OwnQuery {
    /// What was done just now.
    done: Option<String>,
    /// The page that asks for proof.
    page: Option<String>,
    ui_locales: Option<String>,
}

/// What the pages send, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct OwnForm {
    form_token: String,
    /// What to do.
    act: String,
    /// To which of several.
    id: Option<String>,
}

/// Somebody at a page of their own account.
pub(crate) struct Visit<'a> {
    pub(crate) room: &'a Room<'a>,
    pub(crate) current: Current,
    pub(crate) page: OwnPage,
}

/// What a page says of what was done: well, or not.
pub(crate) type Told<'a> = Result<Option<&'a str>, &'a str>;

/// What can be said to have been done, by the names of its texts.
const DONE: &[&str] = &[
    "done_saved",
    "done_email",
    "done_phone_sent",
    "done_phone",
    "done_password",
    "done_factor_added",
    "done_factor_removed",
    "done_passkey_added",
    "done_passkey_renamed",
    "done_passkey_removed",
    "done_session",
    "done_sessions",
    "done_device_renamed",
    "done_device_distrusted",
    "done_device_forgotten",
    "done_application",
    "done_unlinked",
    "code_sent",
];

/// The pages begin with the profile.
pub(crate) async fn front(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Ok(Hosted::redirect(&format!("{}/account/profile", desk.base())))
}

/// A page of one's own account, or the one on which one signs in.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Path(page): Path<OwnPage>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<OwnQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let room = Room::open(&desk, &asker, fields.get("ui_locales")).await?;
    let outcome = async {
        let visit = match Visit::begin(&room, page).await? {
            Ok(visit) => visit,
            Err(signing_in) => return Ok(*signing_in),
        };
        let done = fields.get("done").filter(|done| DONE.contains(done));
        visit.show(Ok(done), &fields, StatusCode::OK).await
    };
    finish(&room, outcome.await)
}

/// A form of such a page.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Path(page): Path<OwnPage>,
    asker: Asker,
    RawForm(form, _): RawForm<OwnForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let form = form.map(Fields::first).unwrap_or_default();
    let room = Room::open(&desk, &asker, None).await?;
    let outcome = async {
        let visit = match Visit::begin(&room, page).await? {
            Ok(visit) => visit,
            Err(signing_in) => return Ok(*signing_in),
        };
        let is_ours = is_own_form(&desk, &asker, form.get("form_token"), &visit.bound());
        if !asker.is_own_page() || !is_ours {
            return Err(Fault::Page("bad_form"));
        }
        visit.act(&form).await
    };
    finish(&room, outcome.await)
}

impl<'a> Visit<'a> {
    /// Whoever is signed in; else the page on which they do.
    async fn begin(room: &'a Room<'a>, page: OwnPage) -> Result<Result<Self, Box<Hosted>>, Fault> {
        if let Some(current) = current(room.desk, room.asker).await? {
            return Ok(Ok(Self { room, current, page }));
        }
        let asked = Fields::first(vec![(request::PAGE.to_owned(), page.as_str().to_owned())]);
        let request = request::read(room.desk, &asked).await?;
        Ok(Err(Box::new(decide(room, &request, None, Fresh::default()).await?)))
    }

    /// What the forms are good for: this session, in this browser.
    fn bound(&self) -> String {
        format!("account of {}", self.current.session.id)
    }

    /// Whose session it is.
    pub(crate) const fn visitor(&self) -> Visitor {
        let session = &self.current.session;
        Visitor { user: session.user_id, session: session.id, expires_at: session.expires_at }
    }

    /// The person, at work on their own account.
    pub(crate) fn oneself(&self) -> Oneself<'_> {
        let desk = self.room.desk;
        let tools = (desk.clock, desk.rng);
        Oneself::new(&desk.sso.identity, desk.guard, tools, self.room.asker, self.visitor())
    }

    async fn show(&self, told: Told<'_>, fields: &Fields, status: StatusCode) -> Result<Hosted, Fault> {
        let facts = match self.page {
            OwnPage::Profile => profile::facts(self, told, fields).await?,
            OwnPage::Security => security::facts(self).await?,
            OwnPage::Sessions => sessions::facts(self).await?,
            OwnPage::Applications => applications::facts(self).await?,
            OwnPage::Proof => proof::facts(self, fields).await?,
        };
        let name = match self.page {
            OwnPage::Profile => "own_profile",
            OwnPage::Security => "own_security",
            OwnPage::Sessions => "own_sessions",
            OwnPage::Applications => "own_applications",
            OwnPage::Proof => "own_proof",
        };
        Ok(self.render(name, told, status, facts))
    }

    async fn act(&self, form: &Fields) -> Result<Hosted, Fault> {
        let outcome = match self.page {
            OwnPage::Profile => profile::act(self, form).await,
            OwnPage::Security => security::act(self, form).await,
            OwnPage::Sessions => sessions::act(self, form).await,
            OwnPage::Applications => applications::act(self, form).await,
            OwnPage::Proof => proof::act(self, form).await,
        };
        let problem = match outcome {
            Ok(hosted) => return Ok(hosted),
            Err(problem) => problem,
        };
        if problem.code() == "proof_too_old" {
            return Ok(self.to(OwnPage::Proof, &[("page", self.page.as_str())]));
        }
        let is_proof = self.page == OwnPage::Proof;
        let why = why(&problem, is_proof).ok_or(problem)?;
        self.show(Err(why), form, status_of_why(why)).await
    }

    /// One of the pages.
    pub(crate) fn render(
        &self,
        name: &'static str,
        told: Told<'_>,
        status: StatusCode,
        mut facts: Value,
    ) -> Hosted {
        let base = self.room.desk.base();
        let here = format!("{base}/account/{}", self.page);
        let tabs = OwnPage::TABS.map(|tab| json!({"name": tab, "text": format!("own_{tab}")}));
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("tabs".to_owned(), json!(tabs));
            facts.insert("page".to_owned(), json!(self.page));
            facts.insert("email".to_owned(), json!(self.current.email));
            facts.insert("why".to_owned(), json!(told.err()));
            facts.insert("done".to_owned(), json!(told.ok().flatten()));
            facts.insert("here".to_owned(), json!(here));
        }
        self.room.form(name, status, &self.bound(), "", facts)
    }

    /// On to a page.
    pub(crate) fn to(&self, page: OwnPage, query: &[(&str, &str)]) -> Hosted {
        let path = format!("{}/account/{page}", self.room.desk.base());
        Hosted::redirect(&if query.is_empty() { path } else { with_query(&path, query) })
    }

    /// Back to this page, which says what was done.
    pub(crate) fn done(&self, what: &str) -> Hosted {
        self.to(self.page, &[("done", what)])
    }
}

/// The text that says what went wrong; none where only an error page can.
fn why(problem: &Problem, is_proof: bool) -> Option<&'static str> {
    let is_about = |name: &str| problem.fields().iter().any(|field| field.pointer.ends_with(name));
    Some(match (problem.code(), problem.kind()) {
        ("version_mismatch", _) => profile::CHANGED,
        ("too_soon", _) => "code_too_soon",
        (_, ErrorKind::TooMany) => "too_many",
        ("last_factor", _) => "why_last_factor",
        ("last_way_in", _) => "why_last_way_in",
        ("code_refused", _) => "code_refused",
        ("challenge_over", _) => "challenge_over",
        ("wrong_password", _) => "why_wrong_password",
        ("factor_not_allowed", _) => "cannot_set_up",
        (_, ErrorKind::Invalid) if is_proof => "proof_refused",
        (_, ErrorKind::NotFound) => "why_gone",
        (_, ErrorKind::Conflict) => "why_conflict",
        (_, ErrorKind::Invalid) if is_about("/phone") => "why_phone",
        (_, ErrorKind::Invalid) if is_about("/avatar_url") => "why_avatar",
        (_, ErrorKind::Invalid) if is_about("/new_password") => "password_refused",
        (_, ErrorKind::Invalid) if is_about("/code") => "code_refused",
        (_, ErrorKind::Invalid) if is_about("/credential") => "passkey_failed",
        (_, ErrorKind::Invalid) if is_about("/type") => "cannot_set_up",
        (_, ErrorKind::Invalid) => "form_refused",
        _ => return None,
    })
}

fn status_of_why(why: &str) -> StatusCode {
    match why {
        "too_many" | "code_too_soon" => status_of(ErrorKind::TooMany),
        "why_gone" => status_of(ErrorKind::NotFound),
        profile::CHANGED => status_of(ErrorKind::Stale),
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
