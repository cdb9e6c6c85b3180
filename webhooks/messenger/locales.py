"""Meta's locales for the languages of a bot, as data. Never guesses one: a locale that Meta does not know fails the whole profile."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "default"
"""Every localised list must hold this one; it is shown to whoever speaks none of the others."""

LOCALES: Mapping[str, tuple[str, ...]] = {
    "ar": ("ar_AR",), "bg": ("bg_BG",), "ca": ("ca_ES",), "cs": ("cs_CZ",), "da": ("da_DK",), "de": ("de_DE",), "el": ("el_GR",),
    "en": ("en_US", "en_GB"), "es": ("es_ES", "es_LA"), "et": ("et_EE",), "fi": ("fi_FI",), "fr": ("fr_FR", "fr_CA"),
    "he": ("he_IL",), "hi": ("hi_IN",), "hr": ("hr_HR",), "hu": ("hu_HU",), "id": ("id_ID",), "it": ("it_IT",), "ja": ("ja_JP",),
    "ko": ("ko_KR",), "lt": ("lt_LT",), "lv": ("lv_LV",), "ms": ("ms_MY",), "nb": ("nb_NO",), "nl": ("nl_NL",), "no": ("nb_NO",),
    "pl": ("pl_PL",), "pt": ("pt_PT", "pt_BR"), "ro": ("ro_RO",), "ru": ("ru_RU",), "sk": ("sk_SK",), "sl": ("sl_SI",),
    "sr": ("sr_RS",), "sv": ("sv_SE",), "th": ("th_TH",), "tr": ("tr_TR",), "uk": ("uk_UA",), "vi": ("vi_VN",),
    "zh": ("zh_CN", "zh_HK", "zh_TW"),
    "en-gb": ("en_GB",), "en-us": ("en_US",), "es-es": ("es_ES",), "es-la": ("es_LA",), "es-mx": ("es_LA",), "fr-ca": ("fr_CA",),
    "fr-fr": ("fr_FR",), "pt-br": ("pt_BR",), "pt-pt": ("pt_PT",), "zh-cn": ("zh_CN",), "zh-hk": ("zh_HK",), "zh-tw": ("zh_TW",),
}  # fmt: skip
"""From memory of Meta's list, not read again: a language that is missing here is shown in the bot's first one."""


def locales_of(language: str) -> tuple[str, ...]:
    """Where this language of a bot is shown; none where Meta has no locale that we know."""
    return LOCALES.get(language.lower(), ())
