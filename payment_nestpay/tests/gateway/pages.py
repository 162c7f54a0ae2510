"""The pages of the bank, in Turkish and English."""

from html import escape

WORDS = {
    "tr": {
        "title": "Sanal POS benzetimi",
        "notice": "Bu sayfa bir bankaya ait değildir; kart bilgisi girmeyin. Ne olacağını siz seçersiniz.",
        "merchant": "İş yeri",
        "order": "Sipariş",
        "amount": "Tutar",
        "instalments": "Taksit",
        "approve": "Onayla",
        "decline": "Reddet (bakiye yetersiz)",
        "cancel": "Vazgeç",
        "not_confirmed": "3-D doğrulaması başarısız",
        "half_secure": "Onayla, 3-D olmadan",
        "wrong_hash": "Onayla, yanıt yanlış imzalı",
        "lost": "Onayla, hiç haber verme",
        "doubled": "Onayla, iki kez haber ver",
        "late": "Onayla, geç haber ver",
        "back": "Mağazaya dönülüyor …",
        "continue": "Devam",
        "closed": "Ödeme alındı; tarayıcı mağazaya dönmüyor.",
        "refused": "İstek reddedildi",
        "orders": "Siparişler",
        "settle": "Gün sonu yap",
        "ask": "Bu sayfa yalnızca POST ile açılır.",
    },
    "en": {
        "title": "Simulated virtual POS",
        "notice": "This page belongs to no bank; enter no card. You choose what happens.",
        "merchant": "Merchant",
        "order": "Order",
        "amount": "Amount",
        "instalments": "Instalments",
        "approve": "Approve",
        "decline": "Decline (no funds)",
        "cancel": "Cancel",
        "not_confirmed": "3-D Secure fails",
        "half_secure": "Approve without 3-D Secure",
        "wrong_hash": "Approve, wrongly signed answer",
        "lost": "Approve, tell nobody",
        "doubled": "Approve, tell twice",
        "late": "Approve, tell late",
        "back": "Going back to the shop …",
        "continue": "Continue",
        "closed": "Paid; the browser does not go back to the shop.",
        "refused": "The request was refused",
        "orders": "Orders",
        "settle": "End of day",
        "ask": "This page is opened by POST only.",
    },
}
CURRENCIES = {"949": "TL", "840": "USD", "978": "EUR", "826": "GBP"}
STYLE = """
*{box-sizing:border-box} body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#eef1f5;color:#1b2733}
header{background:#183a6e;color:#fff;padding:14px 20px;font-weight:600}
main{max-width:560px;margin:24px auto;padding:0 16px}
section{background:#fff;border-radius:10px;padding:20px;box-shadow:0 1px 3px #0002;margin-bottom:16px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0} dt{color:#5b6b7c} dd{margin:0;font-weight:600}
.note{font-size:14px;color:#7a4b00;background:#fff3d6;border-radius:8px;padding:10px 12px;margin-bottom:16px}
.buttons{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:10px}
button{font:inherit;padding:12px;border:1px solid #b9c4d0;border-radius:8px;background:#fff;cursor:pointer;width:100%}
button.main{background:#1f7a45;border-color:#1f7a45;color:#fff;grid-column:1/-1}
table{width:100%;border-collapse:collapse} td,th{padding:6px 4px;border-bottom:1px solid #e3e8ee;text-align:left}
"""


def words(lang):
    return WORDS["tr" if lang == "tr" else "en"]


def page(lang, body):
    title = words(lang)["title"]
    return (
        f'<!DOCTYPE html><html lang="{"tr" if lang == "tr" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><header>{title}</header><main>{body}</main></body></html>"
    )


def hidden(fields):
    return "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in fields.items())


def payment(order, lang, outcomes, press=None):
    """The page with a button for everything that may happen. `press`: a script presses that one."""
    w, request = words(lang), order.request
    amount = f"{request['amount']} {CURRENCIES.get(request['currency'], request['currency'])}"
    rows = [(w["merchant"], request["clientid"]), (w["order"], request["oid"]), (w["amount"], amount)]
    if request.get("taksit"):
        rows.append((w["instalments"], request["taksit"]))
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    buttons = "".join(
        f'<button name="outcome" value="{one}" class="{"main" if one == "approve" else ""}">{w[one]}</button>'
        for one in outcomes
    )
    script = f"<script>document.querySelector('button[value={press}]').click()</script>" if press else ""
    return page(
        lang,
        f'<p class="note">{w["notice"]}</p><section><dl>{listed}</dl></section><section>'
        f'<form method="post" action="/fim/answer">{hidden({"oid": request["oid"]})}'
        f'<div class="buttons">{buttons}</div></form></section>{script}',
    )


def going_back(url, fields, lang, delay=0):
    """The bank's own result, which sends the browser back with the report."""
    w = words(lang)
    return page(
        lang,
        f'<section><p>{w["back"]}</p><form method="post" action="{escape(url)}">{hidden(fields)}'
        f"<button>{w['continue']}</button></form></section>"
        f"<script>setTimeout(() => document.forms[0].submit(), {delay})</script>",
    )


def refused(url, fields, lang):
    """A request that the page does not take; the merchant is told when the customer goes back."""
    w = words(lang)
    body = f"<section><h3>{w['refused']}</h3><p>{escape(fields['ErrorCode'])}: {escape(fields['ErrMsg'])}</p>"
    if url:
        body += f'<form method="post" action="{escape(url)}">{hidden(fields)}<button>{w["continue"]}</button></form>'
    return page(lang, body + "</section>")


def closed(lang):
    return page(lang, f"<section><p>{words(lang)['closed']}</p></section>")


def overview(orders, lang):
    """All orders, and the end of the day."""
    w = words(lang)
    rows = "".join(
        f"<tr><td>{escape(order.oid)}</td><td>{escape(order.request['amount'])}</td>"
        f"<td>{' '.join(f'{e.kind}/{e.state} {e.kurus / 100:.2f}' for e in order.entries)}</td></tr>"
        for order in orders
    )
    return page(
        lang,
        f"<section><h3>{w['orders']}</h3><table>{rows}</table></section>"
        f'<section><form method="post" action="/fim/settle"><button>{w["settle"]}</button></form></section>',
    )
