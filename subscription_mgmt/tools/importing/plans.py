"""Payment plans: what a file of them looks like (WSI-30)."""

from .layout import Layout
from .rules import check_days, check_quantity


class Plans(Layout):
    """A row is a row of the plan of a contract."""

    def check_row(self, row, header):
        """Yield what is wrong between the cells of a row."""
        yield from check_days(row, header, "period_start", "period_end", "period_order")
        yield from check_quantity(row, header)

    def check_group(self, group, header):
        """Yield what contradicts itself, and the rows that bill days which an earlier row bills already."""
        yield from super().check_group(group, header)
        periods = [
            (row.values.get("product", ""), row.values["period_start"], row.values["period_end"], row.number, row)
            for row in group.rows
            if {"period_start", "period_end"} <= row.values.keys()
        ]
        furthest = {}
        for product, start, end, number, row in sorted(periods):
            last, first = furthest.get(product, (None, None))
            if last and start <= last:
                yield header.problem("periods_overlap", row, "period_start", first=first)
            if not last or end > last:
                furthest[product] = (end, number)


PLANS = Plans(
    """
contract*; code; group; Abone No; Subscriber No; Nr. abonat
payment_method; id; group; Ödeme Yöntemi ID; Payment Method ID; ID metodă de plată
product; id; line; Ürün Kodu; Product Code; Cod produs
period_start*; day; line; Dönem Başlangıcı; Period Start; Început perioadă
period_end*; day; line; Dönem Sonu; Period End; Sfârșit perioadă
billing_date; day; line; Fatura Tarihi; Billing Date; Data facturării
quantity; number; line; Miktar; Quantity; Cantitate
price*; number; line; Birim Fiyat; Unit Price; Preț unitar
discount; percent; line; İndirim %; Discount %; Reducere %
already_billed; flag; line; Faturalandı; Already Billed; Deja facturat
""",
    key="contract",
    grouped=True,
)
