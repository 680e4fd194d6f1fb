//! A condition as a tree.

use jiff::{SignedDuration, Timestamp};
use tenantry_web::ports::FactKind;

/// Whether a policy allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    /// It lets something be done.
    Allow,
    /// It keeps something from being done, also when another policy of its priority allows it.
    Deny,
}

/// What must hold for a policy to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// All of them; true when there are none.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// One attribute fits.
    Test(Test),
    /// The attribute is known.
    Known(Path),
    /// The time is within hours of the week.
    Hours(Hours),
}

/// One attribute beside a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Test {
    pub(crate) path: Path,
    pub(crate) comparison: Comparison,
    pub(crate) operand: Operand,
}

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// The same value.
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
    /// Text that fits a pattern with `*`.
    Like,
    /// A set that has the text.
    Contains,
    /// An address in a network.
    Within,
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Text(String),
    Number(i64),
    Flag(bool),
    Instant(Timestamp),
    /// The time of the question, and a distance from it.
    Now(SignedDuration),
    /// An address or a network in CIDR notation.
    Network(String),
    /// Another attribute.
    Attribute(Path),
}

/// Hours of the week in a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hours {
    /// Bit 0 is Monday.
    pub(crate) days: u8,
    /// The first minute of the day.
    pub(crate) from: u16,
    /// The first minute after; smaller than `from` when it is past midnight.
    pub(crate) to: u16,
    /// A name of the IANA time zone database.
    pub(crate) zone: String,
}

/// The name of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) subject: Subject,
    /// Only of resources of this type.
    pub(crate) only: Option<String>,
    pub(crate) name: String,
    pub(crate) kind: FactKind,
}

/// What has attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    User,
    Resource,
    Environment,
    Device,
    Tenant,
    Plan,
}

impl Subject {
    /// Its name in paths.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Resource => "resource",
            Self::Environment => "environment",
            Self::Device => "device",
            Self::Tenant => "tenant",
            Self::Plan => "plan",
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.only.as_deref().unwrap_or(self.subject.as_str());
        write!(f, "{subject}.{}", self.name)
    }
}

impl Condition {
    /// Every attribute that the condition asks about.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        let mut found = Vec::new();
        self.visit(&mut |leaf| match leaf {
            Self::Test(test) => {
                found.push(&test.path);
                if let Operand::Attribute(path) = &test.operand {
                    found.push(path);
                }
            }
            Self::Known(path) => found.push(path),
            _ => {}
        });
        found
    }

    /// Every time zone whose hours the condition asks about.
    pub(crate) fn zones(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |leaf| {
            if let Self::Hours(hours) = leaf {
                found.push(hours.zone.as_str());
            }
        });
        found
    }

    /// Whether something is compared with the time of the question.
    pub(crate) fn asks_for_now(&self) -> bool {
        let mut found = false;
        self.visit(&mut |leaf| {
            found |= matches!(leaf, Self::Test(Test { operand: Operand::Now(_), .. }));
        });
        found
    }

    /// Every text that `user.<name>` is compared with.
    pub(crate) fn texts_of_user(&self, name: &str) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |leaf| {
            if let Self::Test(Test { path, operand: Operand::Text(text), .. }) = leaf
                && path.subject == Subject::User
                && path.name == name
            {
                found.push(text.as_str());
            }
        });
        found
    }

    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a Self)) {
        each(self);
        match self {
            Self::All(list) | Self::Any(list) => list.iter().for_each(|one| one.visit(each)),
            Self::Not(inner) => inner.visit(each),
            Self::Test(_) | Self::Known(_) | Self::Hours(_) => {}
        }
    }
}
