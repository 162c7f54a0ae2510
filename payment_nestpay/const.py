"""Every literal of the gateway that is not part of its signatures."""

RETURN_ROUTE = "/payment/nestpay/return"
CALLBACK_ROUTE = "/payment/nestpay/callback"
PAGE_ROUTE = "/payment/nestpay/pay"

HOSTED, DIRECT = "3D_PAY_HOSTING", "3D_PAY"

BANKS = [
    ("isbank", "İş Bankası"),
    ("akbank", "Akbank"),
    ("halkbank", "Halkbank"),
    ("ziraat", "Ziraat Bankası"),
]

# Hosts as the banks publish them; test hosts are the common one of the gateway's maker, except where a bank has its own
LIVE_HOSTS = {
    "isbank": "https://sanalpos.isbank.com.tr/fim",
    "akbank": "https://www.sanalakpos.com/fim",
    "halkbank": "https://sanalpos.halkbank.com.tr/fim",
    "ziraat": "https://sanalpos2.ziraatbank.com.tr/fim",
}
COMMON_TEST_HOST = "https://entegrasyon.asseco-see.com.tr/fim"
TEST_HOSTS = {
    "isbank": COMMON_TEST_HOST,
    "akbank": COMMON_TEST_HOST,
    "halkbank": COMMON_TEST_HOST,
    "ziraat": "https://torus-stage-ziraat.asseco-see.com.tr/fim",
}
GATE, API = "est3Dgate", "api"

# By ISO 4217 number, as the gateway names them
CURRENCIES = {"TRY": "949", "USD": "840", "EUR": "978", "GBP": "826"}
INSTALMENT_CURRENCY = "TRY"  # the banks divide lira only
MAX_INSTALMENTS = 36

PAYMENT_METHOD_CODES = {"card", "visa", "mastercard", "amex", "troy"}
# What `EXTRA.CARDBRAND` says, in small letters, where it differs from the code of the payment method
BRANDS = {"mastercard": "master card", "amex": "american express"}

# Seconds that the bank shows its own result before it sends the customer back; without it some wait five minutes
REFRESH_SECONDS = "10"

# Errors of the interface that staff can do something about
REFUND_BEFORE_SETTLEMENT = "CORE-2508"
