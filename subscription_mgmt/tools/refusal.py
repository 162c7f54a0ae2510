"""The one exception of the readers: what is wrong, as a code and its particulars."""


class Refusal(Exception):
    """A file or a value that is not taken.

    The plain-Python layer does not speak to people: the Odoo layer holds one translatable sentence per code and
    fills in the particulars (WSI-25, WSI-35).

    :param code: short name of the reason, for instance ``empty_file`` or ``bad_date``
    :param params: what the sentence names, for instance ``row``, ``column``, ``value``
    """

    def __init__(self, code: str, **params):
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self):
        particulars = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({particulars})"
