"""Signing in, sessions and rate limits. What each means is explained in docs/explanation/interface.md."""

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "headway.interfaces.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are given by an administrator or proven by the invitation
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session gets a new id and goes on; all others end
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
_FORMS = "headway.interfaces.web.accounts.forms."
ACCOUNT_FORMS = {
    "login": _FORMS + "SignIn",
    "reauthenticate": _FORMS + "ConfirmByPassword",
    "change_password": _FORMS + "ChangePassword",
    "reset_password": _FORMS + "AskForReset",
    "reset_password_from_key": _FORMS + "ResetPassword",
}

MFA_ADAPTER = "headway.interfaces.web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": _FORMS + "SecondStep",
    "reauthenticate": _FORMS + "ConfirmByCode",
    "activate_totp": _FORMS + "ActivateApp",
    "add_webauthn": _FORMS + "AddKey",
    "edit_webauthn": _FORMS + "RenameKey",
}

USERSESSIONS_TRACK_ACTIVITY = False  # else every request writes a row

SESSION_COOKIE_AGE = 12 * 3600  # a session ends so long after signing in, whatever happens
HEADWAY_SESSION_IDLE_SECONDS = 2 * 3600  # and so long after its last use
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "headway.interfaces.web.errors.forged"

CACHES = {"default": {"BACKEND": "headway.interfaces.web.cache.JsonTableCache", "LOCATION": ""}}
