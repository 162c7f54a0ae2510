import { onWillUnmount, useEffect, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { MemberPreview } from "./member_preview";

/** Whoever only passes over a row asks for nothing. */
const PAUSE = 200;

/** "Add customer": one by one, or from a file. */
const AddCustomer = (Controller) =>
    class extends Controller {
        static components = { ...Controller.components, Dropdown, DropdownItem };

        setup() {
            super.setup();
            this.action = useService("action");
        }

        addMember() {
            return this.action.doAction("subscription_mgmt_member.res_partner_action_add", {
                onClose: () => this.model.load(),
            });
        }

        importMembers() {
            return this.action.doAction("subscription_mgmt_member.res_partner_action_import");
        }
    };

/** A row under the pointer, or with the focus of the keyboard, shows at the right what is new with that customer. */
export class MemberListController extends AddCustomer(ListController) {
    static template = "subscription_mgmt_member.MemberList";
    static components = { ...super.components, MemberPreview };

    setup() {
        super.setup();
        this.ui = useService("ui");
        this.pointed = useState({ id: false });
        useEffect(
            (root) => {
                const point = (ev) => this.pointAt(ev.target.closest?.("tr.o_data_row"));
                root?.addEventListener("mouseover", point);
                root?.addEventListener("focusin", point);
                return () => {
                    root?.removeEventListener("mouseover", point);
                    root?.removeEventListener("focusin", point);
                };
            },
            () => [this.rootRef.el],
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    pointAt(row) {
        if (!row || this.ui.isSmall) {
            return;
        }
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            const record = this.findRecord(this.model.root, row.dataset.id);
            if (record?.resId) {
                this.pointed.id = record.resId;
            }
        }, PAUSE);
    }

    /** Rows of a grouped list hang below its groups. */
    findRecord(list, id) {
        for (const group of list.groups || []) {
            const found = group.list && this.findRecord(group.list, id);
            if (found) {
                return found;
            }
        }
        return (list.records || []).find((record) => record.id === id);
    }
}

export class MemberKanbanController extends AddCustomer(KanbanController) {
    static template = "subscription_mgmt_member.MemberKanban";
}

registry.category("views").add("member_list", { ...listView, Controller: MemberListController });
registry.category("views").add("member_kanban", { ...kanbanView, Controller: MemberKanbanController });
