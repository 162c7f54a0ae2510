import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "subscription.mrr.report";
const COHORTS = ["cohort_revenue", "cohort_heads"];
const PARTS = { figures: ["movements", "group", "rates", "subscribers"], losses: ["reasons", "reason_heads"] };

/** Revenue month by month: tables that the server makes, whose figures open the lines of the log behind them. */
export class RevenueReport extends Component {
    static template = "subscription_mgmt.RevenueReport";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({
            part: "figures",
            options: { months: 12, group: false, filters: [], amounts: false },
            ...this.props.state,
            report: null,
        });
        useSetupAction({
            getLocalState: () => ({ part: this.state.part, options: { ...this.state.options } }),
        });
        onWillStart(() => this.load({}));
    }

    get tables() {
        const keys = this.state.part === "cohorts" ? COHORTS : PARTS[this.state.part];
        return this.state.report.tables.filter((table) => keys.includes(table.key));
    }

    async load(options) {
        Object.assign(this.state.options, options);
        this.state.report = await this.orm.call(MODEL, "get_report", [this.state.options]);
    }

    async open(cell) {
        if (cell.opens) {
            this.action.doAction(await this.orm.call(MODEL, "action_open", [this.state.options, cell.opens]));
        }
    }

    filter(row) {
        return this.load({ filters: [...this.state.options.filters, row.filter], group: false });
    }

    removeFilter(index) {
        return this.load({ filters: this.state.options.filters.filter((_one, at) => at !== index) });
    }

    format(cell) {
        if (cell.value === null || cell.value === false || cell.value === undefined) {
            return "";
        }
        const formats = {
            money: () => formatMonetary(cell.value, { currencyId: this.state.report.currency_id }),
            amount: () => formatFloat(cell.value, { digits: [16, 2] }),
            percent: () => formatPercentage(cell.value, { digits: [16, 1] }),
            count: () => formatInteger(cell.value),
            number: () => formatFloat(cell.value, { digits: [16, 1] }),
            text: () => cell.value,
        };
        return formats[cell.type]();
    }

    /** Of a table: its title says the currency, its figures do not. */
    formatCell(cell) {
        return this.format(cell.type === "money" ? { ...cell, type: "amount" } : cell);
    }

    getStyle(cell) {
        return cell.level ? `background-color: rgba(var(--primary-rgb), ${0.4 * cell.level})` : "";
    }
}

registry.category("actions").add("subscription_mgmt.revenue_report", RevenueReport);
