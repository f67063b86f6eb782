//! The scalar `shop_profile(history, as_of, shop)`.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure, Profile, ShopModels};

use super::{coerced, date, read, refused, text};
use crate::history::histories;

const NAME: &str = "shop_profile";

/// The labels by their keys, the figures, and the amounts as text, each under its own key.
static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let labels = LabelKind::ALL.map(|kind| (kind.key(), DataType::Utf8));
    let figures = Figure::ALL.map(|figure| (figure.label().key(), DataType::Float64));
    let amounts = Amount::ALL.map(|amount| (amount.label().key(), DataType::Utf8));
    let all = labels.into_iter().chain(figures).chain(amounts);
    all.map(|(name, kind)| Field::new(name, kind, true)).collect()
});

/// All that the models of a shop say of a customer; null of a history without a purchase.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ShopProfile {
    signature: Signature,
}

impl Default for ShopProfile {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for ShopProfile {
    fn name(&self) -> &'static str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        coerced(NAME, arguments)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(FIELDS.clone()))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [column, as_of, shop] = arguments.args.as_slice() else { return exec_err!("{NAME} takes 3 arguments") };
        let literal = |value: &ColumnarValue| match value {
            ColumnarValue::Scalar(literal) => Ok(literal.clone()),
            ColumnarValue::Array(_) => {
                exec_err!("{NAME}: expected literals behind the history: what was fitted is one value")
            }
        };
        let (as_of, shop): (ScalarValue, ScalarValue) = (literal(as_of)?, literal(shop)?);
        let (as_of, models) = (date(Some(&as_of))?, read::<ShopModels>("what shop_fit gives", text(Some(&shop))?)?);
        let histories = histories(column.to_array(arguments.number_rows)?.as_ref())?;
        let buyers = histories.iter().map(|history| history.as_ref().filter(|history| history.purchases() > 0));
        let profiles = buyers.map(|history| history.map(|history| models.profile(history, as_of)).transpose());
        Ok(ColumnarValue::Array(Arc::new(array(&profiles.collect::<Result<Vec<_>, _>>().map_err(refused)?)?)))
    }
}

fn array(profiles: &[Option<Profile<'_>>]) -> Result<StructArray> {
    let all = || profiles.iter().map(Option::as_ref);
    let labels = LabelKind::ALL.map(|kind| -> ArrayRef {
        Arc::new(all().map(|profile| profile?.label(kind).map(Label::key)).collect::<StringArray>())
    });
    let figures = Figure::ALL
        .map(|figure| -> ArrayRef { Arc::new(all().map(|profile| profile?.figure(figure)).collect::<Float64Array>()) });
    let amounts = Amount::ALL.map(|amount| -> ArrayRef {
        Arc::new(all().map(|profile| Some(profile?.amount(amount)?.to_string())).collect::<StringArray>())
    });
    let nulls: NullBuffer = all().map(|profile| profile.is_some()).collect();
    let columns = labels.into_iter().chain(figures).chain(amounts).collect();
    Ok(StructArray::try_new(FIELDS.clone(), columns, Some(nulls))?)
}
