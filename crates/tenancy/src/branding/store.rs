//! SQL of logos. The branding itself is a section of the configuration.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;

use super::LogoId;

tenantry_db::row! {
    /// A logo's bytes.
    #[derive(Debug, Clone)]
    pub(crate) struct Content {
        pub(crate) media_type: String,
        pub(crate) content: Vec<u8>,
    }
}

impl Content {
    /// Its media type, as one of those that are taken.
    pub(super) fn known_type(&self) -> &'static str {
        match self.media_type.as_str() {
            "image/jpeg" => "image/jpeg",
            "image/webp" => "image/webp",
            _ => "image/png",
        }
    }
}

tenantry_db::statements! {
    /// The oldest logos no longer, but for one: of the others, these many stay.
    pub(crate) write delete_oldest_logos(but: LogoId, others: i64) -> Written
        = "DELETE FROM tenant_logos WHERE tenant_id = $1 AND id IN (SELECT id FROM tenant_logos \
           WHERE tenant_id = $1 AND id <> $2 ORDER BY id DESC OFFSET $3)";

    /// Whether a logo is still kept.
    pub(crate) read has_logo(id: LogoId) -> Option<Scalar<bool>>
        = "SELECT EXISTS (SELECT 1 FROM tenant_logos WHERE tenant_id = $1 AND id = $2)";

    /// The logo with this content.
    pub(crate) read find_same_logo(hash: Vec<u8>) -> Option<Scalar<LogoId>>
        = "SELECT id FROM tenant_logos WHERE tenant_id = $1 AND content_hash = $2";

    /// A logo's bytes.
    pub(crate) read find_logo(id: LogoId) -> Option<Content>
        = "SELECT media_type, content FROM tenant_logos WHERE tenant_id = $1 AND id = $2";

    /// A new logo. One that two upload at once is kept once.
    pub(crate) write insert_logo(
        id: LogoId, media_type: &'static str, width: i32, height: i32, content: Vec<u8>, hash: Vec<u8>, at: Timestamp,
        by: UserId
    ) -> Written = "INSERT INTO tenant_logos (tenant_id, id, media_type, width, height, content, content_hash, created_at, \
        created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}
