"""The currencies in use and how many digits each has after the point (ISO 4217, list one as of July 2025).

Data that was kept with another code stays readable: only what people enter is held against this list.
"""

from __future__ import annotations

from decimal import Decimal

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_OTHERS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DIGITS = dict.fromkeys(_TWO.split(), 2) | {code: digits for digits, codes in _OTHERS.items() for code in codes.split()}


def digits_of(currency: str) -> int:
    """Digits after the point; 2 for a code that is not in use."""
    return DIGITS.get(currency, 2)


def fault_of(currency: str) -> str:
    """Why a code cannot be entered, as the end of a sentence that begins with the field; '' = it can."""
    if currency in DIGITS:
        return ""
    if currency.upper() in DIGITS:
        return f"write '{currency}' in capitals: {currency.upper()}"
    return f"'{currency}' is no currency in use (ISO 4217); give one such as EUR, USD or CHF"


def digits_fault(amount: Decimal, currency: str) -> str:
    """Why an amount has too many digits after the point for its currency, as a sentence; '' = it has not."""
    digits = digits_of(currency)
    if amount == amount.quantize(Decimal(1).scaleb(-digits)):
        return ""
    has = {0: "no digits", 2: "two digits", 3: "three digits", 4: "four digits"}[digits]
    return f"{amount.normalize():f} is too fine: {currency} has {has} after the point."
