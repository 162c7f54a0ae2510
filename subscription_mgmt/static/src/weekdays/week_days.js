import { registry } from "@web/core/registry";
import { CalendarWeekDays, calendarWeekDays } from "@calendar/views/widgets/calendar_week_days";

/** Days of the week by names that one can tell apart: in many languages several begin with the same letter. */
export class SubscriptionWeekDays extends CalendarWeekDays {
    static template = "subscription_mgmt.WeekDays";
}

registry.category("view_widgets").add("subscription_week_days", {
    ...calendarWeekDays,
    component: SubscriptionWeekDays,
});
