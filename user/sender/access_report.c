/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/access_report.h"

static bool is_overdue(const struct access_report *report, uint64_t now_ns)
{
	return report->state == ACCESS_PENDING && now_ns >= report->due_ns;
}

static bool may_try_again(const struct access_report *report)
{
	return report->transmissions <= report->tries;
}

bool access_report_carried(const struct access_report *report)
{
	return report->state == ACCESS_UNSENT || report->again;
}

void access_report_sent(struct access_report *report, uint64_t now_ns)
{
	report->state = ACCESS_PENDING;
	report->due_ns = now_ns + report->timeout_ns;
	report->transmissions++;
	report->again = false;
}

void access_report_answered(struct access_report *report, bool understood)
{
	if (report->transmissions)
		report->state = understood ? ACCESS_ANSWERED : ACCESS_NOT_UNDERSTOOD;
}

bool access_report_expire(struct access_report *report, uint64_t now_ns, uint64_t end_ns)
{
	if (!is_overdue(report, now_ns))
		return false;
	report->again = may_try_again(report) && now_ns < end_ns;
	if (!report->again)
		report->state = ACCESS_GIVEN_UP;
	return report->again;
}

uint64_t access_report_due_ns(const struct access_report *report)
{
	return report->state == ACCESS_PENDING ? report->due_ns : UINT64_MAX;
}
