import { Domain } from "@web/core/domain";
import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";

// So many records of a day are shown one by one; of more their number. By what is on the screen.
const SHOWN = { day: 200, week: 50, month: 20, year: 5 };

/**
 * A model that reads a day with many records as how many there are, kind by kind.
 *
 * A model that uses it says by which date its days go (`busyDay`), what makes a kind (`busyKinds`, the first one names
 * it) and what is added up (`busyAmount`, with its currency).
 */
export const withBusyDays = (Model) =>
    class extends Model {
        busyAmount = "";
        busyCurrency = "";

        computeDomain(data) {
            const domain = super.computeDomain(data);
            if (!data.busyDays?.length) {
                return domain;
            }
            const isQuiet = Domain.not([[this.busyDay, "in", data.busyDays]]);
            return Domain.and([domain, isQuiet]).toList();
        }

        async fetchRecords(data) {
            data.busyDays = [];
            const groups = await this.fetchKinds(data);
            const counts = {};
            for (const { day, count } of groups) {
                counts[day] = (counts[day] || 0) + count;
            }
            data.busyDays = Object.keys(counts).filter((day) => counts[day] > SHOWN[this.meta.scale]);
            const records = await super.fetchRecords(data);
            const busy = groups.filter(({ day }) => data.busyDays.includes(day));
            return [...records, ...(await this.makeKinds(busy))];
        }

        /** How many records of each kind there are on each day that is on the screen. */
        async fetchKinds(data) {
            const { context, resModel } = this.meta;
            const domain = super.computeDomain(data);
            const sums = ["__count"];
            if (this.busyAmount) {
                sums.push(`${this.busyAmount}:sum`, `${this.busyCurrency}:array_agg_distinct`);
            }
            const by = [`${this.busyDay}:day`, ...this.busyKinds];
            const groups = await this.orm.formattedReadGroup(resModel, domain, by, sums, { context });
            const [first, last] = [data.range.start.toISODate(), data.range.end.toISODate()];
            return groups
                .map(({ __count: count, __extra_domain: busyDomain, ...group }) => ({
                    group,
                    day: group[by[0]]?.[0],
                    count,
                    busyDomain,
                }))
                .filter(({ day }) => day && day >= first && day <= last);
        }

        /** What stands on the calendar instead of the records, in the form of a record. */
        async makeKinds(groups) {
            return groups.map(({ group, day, count, busyDomain }, place) => {
                const kind = this.placeOn(day);
                for (const name of this.busyKinds) {
                    kind[name] = group[name];
                }
                kind.id = -1 - place;
                kind.display_name = this.nameKind(group, count);
                kind.busyDomain = busyDomain;
                return kind;
            });
        }

        placeOn(day) {
            return { [this.meta.fieldMapping.date_start]: day };
        }

        nameKind(group, count) {
            const [name] = this.busyKinds;
            const { selection } = this.meta.fields[name];
            const value = group[name];
            const label = selection ? Object.fromEntries(selection)[value] : Array.isArray(value) && value[1];
            const parts = [[formatInteger(count), label].filter(Boolean).join(" ")];
            const currencies = group[`${this.busyCurrency}:array_agg_distinct`] || [];
            if (currencies.length === 1) {
                const amount = group[`${this.busyAmount}:sum`];
                parts.push(formatMonetary(amount, { currencyId: currencies[0], humanReadable: true }));
            }
            return parts.join(" · ");
        }

        async updateRecord(record, options = {}) {
            return this.records[record.id]?.rawRecord.busyDomain ? this.load() : super.updateRecord(record, options);
        }
    };

/** Opens the records that a number stands for, as a list. */
export const withBusyLists = (Controller) =>
    class extends Controller {
        async editRecord(record, context = {}) {
            const { busyDomain } = record.rawRecord || {};
            if (!busyDomain) {
                return super.editRecord(record, context);
            }
            const { domain, resModel } = this.model.meta;
            return this.action.doAction({
                type: "ir.actions.act_window",
                name: record.title,
                res_model: resModel,
                views: [
                    [false, "list"],
                    [false, "kanban"],
                    [false, "form"],
                ],
                domain: Domain.and([domain, busyDomain]).toList(),
            });
        }
    };

export class BusyCommonRenderer extends CalendarCommonRenderer {
    convertRecordToEvent(record) {
        const event = super.convertRecordToEvent(record);
        return record.rawRecord.busyDomain ? { ...event, editable: false } : event;
    }

    onClick(info) {
        const record = this.props.model.records[info.event.id];
        return record?.rawRecord.busyDomain ? this.props.editRecord(record) : super.onClick(info);
    }
}

export class BusyRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: BusyCommonRenderer,
        week: BusyCommonRenderer,
        month: BusyCommonRenderer,
    };
}

export class PlanCalendarModel extends withBusyDays(CalendarModel) {
    busyDay = "date_invoice";
    busyKinds = ["state"];
    busyAmount = "price_subtotal";
    busyCurrency = "currency_id";
}

registry.category("views").add("subscription_plan_calendar", {
    ...calendarView,
    Controller: withBusyLists(CalendarController),
    Model: PlanCalendarModel,
    Renderer: BusyRenderer,
});
