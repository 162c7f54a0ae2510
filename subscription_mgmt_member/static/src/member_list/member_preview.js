import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";

/** Latest tasks, offers and activities of one customer, with the rights of whoever looks. */
export class MemberPreview extends Component {
    static template = "subscription_mgmt_member.MemberPreview";
    static props = { resId: { type: [Number, Boolean] } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ preview: false });
        onWillStart(() => this.load(this.props.resId));
        // Not awaited: the list stays as quick as it is.
        onWillUpdateProps(({ resId }) => void (resId !== this.props.resId && this.load(resId)));
    }

    async load(resId) {
        if (resId) {
            const call = this.orm.silent.call("res.partner", "member_preview", [[resId]]);
            this.state.preview = await this.keepLast.add(call);
        }
    }

    formatMoment(moment) {
        return moment ? deserializeDateTime(moment).toRelative() : "";
    }

    open(section, row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: section.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}
