//! The scalar `store_settings()`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::place::settings;
use crate::steps::json;

/// The keys and regions of stores, as JSON, where it is evaluated.
///
/// They travel among the options of the session, as the engine's own do, and in no plan.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct StoreSettings {
    signature: Signature,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { signature: Signature::nullary(Volatility::Volatile) }
    }
}

impl ScalarUDFImpl for StoreSettings {
    fn name(&self) -> &'static str {
        "store_settings"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let settings = json(&settings(&arguments.config_options))?;
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(settings))))
    }
}
