import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The home page of the suite: cards of figures, each of which opens the list behind it. */
export class SubscriptionHome extends Component {
    static template = "subscription_mgmt.Home";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.page = useState({ cards: [] });
        this.display = { controlPanel: {} };
        onWillStart(async () => Object.assign(this.page, await this.orm.call("subscription.home", "get_page", [])));
    }

    async open(key) {
        await this.action.doAction(await this.orm.call("subscription.home", "open_list", [key]));
    }

    /** Height of a bar, in hundredths of the highest. */
    height(card, bar) {
        const highest = Math.max(...card.bars.map(({ value }) => value), 0);
        return highest > 0 ? Math.max((100 * bar.value) / highest, 1) : 1;
    }
}

registry.category("actions").add("subscription_home", SubscriptionHome);
