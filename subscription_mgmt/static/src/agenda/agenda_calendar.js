import { registry } from "@web/core/registry";
import { serializeDate } from "@web/core/l10n/dates";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { BusyRenderer, withBusyDays, withBusyLists } from "../calendar/busy_calendar";

/** Dropping an interaction of a recurrence on another day asks: this one, this and following, or all. */
export class AgendaCalendarModel extends withBusyDays(CalendarModel) {
    busyDay = "occurrence_date";
    busyKinds = ["type_id", "user_id"];

    placeOn(day) {
        const noon = `${day} 12:00:00`;
        return { date_start: noon, date_stop: noon, all_day: true };
    }

    async makeKinds(groups) {
        const kinds = await super.makeKinds(groups);
        const types = [...new Set(kinds.map(({ type_id }) => type_id?.[0]).filter(Boolean))];
        const found = types.length ? await this.orm.read("subscription.interaction.type", types, ["color"]) : [];
        const colors = Object.fromEntries(found.map(({ id, color }) => [id, color]));
        for (const kind of kinds) {
            kind.color = colors[kind.type_id?.[0]] || 0;
        }
        return kinds;
    }

    async updateRecord(record, options = {}) {
        const known = this.records[record.id];
        const isOtherDay = known && known.start.toISODate() !== record.start.toISODate();
        if (!isOtherDay || !known.rawRecord.recurrence_id) {
            return super.updateRecord(record, options);
        }
        this.askScope(record.id, serializeDate(record.start));
    }
}

export class AgendaCalendarController extends withBusyLists(CalendarController) {
    setup() {
        super.setup();
        this.model.askScope = (id, day) => this.askScope(id, day);
    }

    askScope(id, day) {
        const reload = () => this.model.load();
        this.action.doActionButton({
            type: "object",
            name: "action_open_move",
            resModel: "subscription.interaction",
            resId: id,
            context: { ...this.props.context, default_date: day },
            onClose: reload,
        });
        // Until it is decided, the interaction stands where it stood.
        reload();
    }
}

registry.category("views").add("subscription_agenda_calendar", {
    ...calendarView,
    Controller: AgendaCalendarController,
    Model: AgendaCalendarModel,
    Renderer: BusyRenderer,
});
