//! What can go wrong with tenants.

use tenantry_kernel::{ErrorKind, FieldError, Kind};

/// An error of the tenancy module.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// Keys.
    #[error("the vault")]
    Vault(#[from] tenantry_vault::Error),
    /// Roles.
    #[error("roles")]
    Access(#[from] tenantry_access::Error),
    /// No such tenant.
    #[error("not found")]
    NotFound,
    /// The slug is in use.
    #[error("another tenant has the slug {0}")]
    SlugTaken(String),
    /// The slug cannot be used.
    #[error("{0}")]
    Slug(#[from] crate::SlugError),
    /// The platform's own tenant cannot be deleted or switched off.
    #[error("the platform's own tenant cannot be deleted or switched off")]
    Root,
    /// The tenant is being created or is deleted.
    #[error("the tenant is {0}")]
    WrongState(&'static str),
    /// A field is wrong.
    #[error("{}", .0.detail)]
    Field(FieldError),
    /// Some fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
    /// Somebody else has just chosen something.
    #[error("somebody has changed this at the same moment; read it again, and repeat your change")]
    ChosenMeanwhile,
    /// The people port failed.
    #[error("{0}")]
    People(String),
    /// The issuer lives at the domain.
    #[error("the tenant's issuer lives at {0}; move it first")]
    IssuerLives(String),
    /// Isolation that is not configured.
    #[error("no cell serves the region {0}")]
    NoSuchRegion(String),
}

impl Error {
    /// An error of choosing: a version that is there already was made by somebody else.
    pub(crate) fn of_choice(error: tenantry_db::Error) -> Self {
        match error.constraint() {
            Some("tenant_config_versions_pkey" | "tenant_logos_content_key") => Self::ChosenMeanwhile,
            _ => error.into(),
        }
    }
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Access(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::SlugTaken(_)
            | Self::Root
            | Self::WrongState(_)
            | Self::IssuerLives(_)
            | Self::ChosenMeanwhile => ErrorKind::Conflict,
            Self::Slug(_) | Self::Field(_) | Self::Fields(_) | Self::NoSuchRegion(_) => ErrorKind::Invalid,
            Self::People(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Access(error) => error.code(),
            Self::NotFound => "not_found",
            Self::SlugTaken(_) => "slug_taken",
            Self::Root => "root_tenant",
            Self::WrongState(_) => "wrong_state",
            Self::IssuerLives(_) => "issuer_domain",
            Self::ChosenMeanwhile => "changed_meanwhile",
            Self::Slug(_) | Self::Field(_) | Self::Fields(_) | Self::NoSuchRegion(_) => "validation_failed",
            Self::People(_) => "internal",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::SlugTaken(_) | Self::Slug(_) => vec![FieldError::new("#/slug", self.to_string())],
            Self::NoSuchRegion(_) => vec![FieldError::new("#/region", self.to_string())],
            Self::Field(field) => vec![field.clone()],
            Self::Fields(fields) => fields.clone(),
            _ => Vec::new(),
        }
    }
}
