use tenantry_kernel::TenantId;
use uuid::Uuid;

use crate::aead;

/// Where a sealed value is kept: it opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The table's name, without schema.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

impl Place {
    /// What is authenticated with a value sealed here for `tenant`.
    pub(crate) fn associated_data(&self, tenant: TenantId) -> Vec<u8> {
        aead::join(&[
            tenant.as_uuid().as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row.as_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_encoded_field_by_field_with_lengths() {
        let place = Place { table: "users", column: "totp", row: Uuid::from_u128(2) };
        let encoded = place.associated_data(TenantId::from_uuid(Uuid::from_u128(1)));
        let mut expected =
            b"\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x05users\0\0\0\x04totp".to_vec();
        expected.extend_from_slice(b"\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02");
        assert_eq!(encoded, expected);
    }
}
