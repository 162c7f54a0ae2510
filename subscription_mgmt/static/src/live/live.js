import { Component, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const SECONDS = 2;

/** Reloads the record every two seconds while it is shown: for work that goes on in the background. */
export class SubscriptionLive extends Component {
    static template = xml`<i class="fa fa-spinner fa-spin text-muted" role="img" aria-label="Running"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        const timer = setInterval(() => this.props.record.load(), SECONDS * 1000);
        onWillUnmount(() => clearInterval(timer));
    }
}

registry.category("view_widgets").add("subscription_live", { component: SubscriptionLive });
