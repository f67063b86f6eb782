//! Letters with their marks, as one character each.

/// Whether a character stands behind the letter to which it belongs.
pub(super) const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1161}'..='\u{11c2}' | '\u{3099}' | '\u{309a}')
}

/// Returns the one character of a letter in lower case and a mark behind it: in Latin, Greek, Cyrillic and kana by
/// table, in Hangul by its rule. `None` where there is no such character.
pub(super) fn composed(letter: char, mark: char) -> Option<char> {
    let Some((_, letters, whole)) = MARKS.iter().find(|(known, ..)| *known == mark) else {
        return hangul(letter.into(), mark.into());
    };
    let place = letters.chars().position(|one| one == letter)?;
    whole.chars().nth(place)
}

/// A first consonant and a vowel, or both and a last consonant: 19, 21 and 27 of them.
fn hangul(letter: u32, mark: u32) -> Option<char> {
    let syllable = match (letter, mark) {
        (0x1100..=0x1112, 0x1161..=0x1175) => 0xac00 + ((letter - 0x1100) * 21 + mark - 0x1161) * 28,
        (0xac00..=0xd7a3, 0x11a8..=0x11c2) if (letter - 0xac00) % 28 == 0 => letter + mark - 0x11a7,
        _ => return None,
    };
    char::from_u32(syllable)
}

/// A mark, letters, and these letters with it.
const MARKS: [(char, &str, &str); 27] = [
    ('\u{300}', "aeiouünеиēōwâăêôơưy", "àèìòùǜǹѐѝḕṑẁầằềồờừỳ"),
    ('\u{301}', "aeiouyclnrszügåæø¨ϊαεηιϋουωϒгкçēïkmõōpũwâăêôơư", "áéíóúýćĺńŕśźǘǵǻǽǿ΅ΐάέήίΰόύώϓѓќḉḗḯḱḿṍṓṕṹẃấắếốớứ"),
    ('\u{302}', "aeioucghjswyzạẹọ", "âêîôûĉĝĥĵŝŵŷẑậệộ"),
    ('\u{303}', "anoiuvâăeêôơưy", "ãñõĩũṽẫẵẽễỗỡữỹ"),
    ('\u{304}', "aeiouüäȧæǫöõȯygḷṛ", "āēīōūǖǟǡǣǭȫȭȱȳḡḹṝ"),
    ('\u{306}', "aegiouиуȩạ", "ăĕğĭŏŭйўḝặ"),
    ('\u{307}', "cegzaobdfhmnprsśšṣtwxyſ", "ċėġżȧȯḃḋḟḣṁṅṗṙṡṥṧṩṫẇẋẏẛ"),
    ('\u{308}', "aeiouyιυϒеіhõūwxt", "äëïöüÿϊϋϔёїḧṏṻẅẍẗ"),
    ('\u{309}', "aâăeêioôơuưy", "ảẩẳẻểỉỏổởủửỷ"),
    ('\u{30a}', "auwy", "åůẘẙ"),
    ('\u{30b}', "ou", "őű"),
    ('\u{30c}', "cdelnrstzaiouügkʒjh", "čďěľňřšťžǎǐǒǔǚǧǩǯǰȟ"),
    ('\u{30f}', "aeioru", "ȁȅȉȍȑȕ"),
    ('\u{311}', "aeioru", "ȃȇȋȏȓȗ"),
    ('\u{31b}', "ou", "ơư"),
    ('\u{323}', "bdhklmnrstvwzaeioơuưy", "ḅḍḥḳḷṃṇṛṣṭṿẉẓạẹịọợụựỵ"),
    ('\u{324}', "u", "ṳ"),
    ('\u{325}', "a", "ḁ"),
    ('\u{326}', "st", "șț"),
    ('\u{327}', "cgklnrstedh", "çģķļņŗşţȩḑḩ"),
    ('\u{328}', "aeiuo", "ąęįųǫ"),
    ('\u{32d}', "delntu", "ḓḙḽṋṱṷ"),
    ('\u{32e}', "h", "ḫ"),
    ('\u{330}', "eiu", "ḛḭṵ"),
    ('\u{331}', "bdklnrtzh", "ḇḏḵḻṉṟṯẕẖ"),
    (
        '\u{3099}',
        "かきくけこさしすせそたちつてとはひふへほうゝカキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ",
        "がぎぐげござじずぜぞだぢづでどばびぶべぼゔゞガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ",
    ),
    ('\u{309a}', "はひふへほハヒフヘホ", "ぱぴぷぺぽパピプペポ"),
];
