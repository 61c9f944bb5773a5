/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a network card's timestamps can be had, by answers of drivers made by hand. */
#include <string.h>

#include "lib/cases.h"
#include "sender/hardware_times.h"

#define ABILITIES                                                                                  \
	(SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE |                             \
	 SOF_TIMESTAMPING_RAW_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE)
#define TX_BITS (1U << HWTSTAMP_TX_OFF | 1U << HWTSTAMP_TX_ON)
#define RX_BITS (1U << HWTSTAMP_FILTER_NONE | 1U << HWTSTAMP_FILTER_ALL)
#define RX_PTP_BITS (1U << HWTSTAMP_FILTER_NONE | 1U << HWTSTAMP_FILTER_PTP_V2_EVENT)

#define OFF                                                                                        \
	{                                                                                          \
		0, HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_NONE                                           \
	}
#define ON                                                                                         \
	{                                                                                          \
		0, HWTSTAMP_TX_ON, HWTSTAMP_FILTER_ALL                                             \
	}
#define FOR_PTP                                                                                    \
	{                                                                                          \
		0, HWTSTAMP_TX_ON, HWTSTAMP_FILTER_PTP_V2_EVENT                                    \
	}
#define RECEIVE_PTP                                                                                \
	{                                                                                          \
		0, HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_PTP_V2_EVENT                                   \
	}

struct choice_case {
	const char *name;
	struct hardware_offer offer;
	enum times_wanted wanted;
	bool transmit, receive, switch_on;
	const char *why_not; /* a word of it */
};

/* clang-format off */
static const struct choice_case cases[] = {
	{ "what is on is used", { ABILITIES, TX_BITS, RX_BITS, 0, true, ON },
	  TIMES_AUTO, true, true, false, NULL },
	{ "what is on is not set again", { ABILITIES, TX_BITS, RX_BITS, 0, true, ON },
	  TIMES_HARDWARE, true, true, false, NULL },
	{ "what is on for PTP gives T1 only", { ABILITIES, TX_BITS, RX_BITS, 0, true, FOR_PTP },
	  TIMES_AUTO, true, false, false, NULL },
	{ "what is on for PTP is left so, even if asked for",
	  { ABILITIES, TX_BITS, RX_BITS, 0, true, FOR_PTP }, TIMES_HARDWARE, true, false, false, NULL },
	{ "what is on for received PTP alone is of no use",
	  { ABILITIES, TX_BITS, RX_BITS, 0, true, RECEIVE_PTP }, TIMES_HARDWARE, false, false, false,
	  "PTP only" },
	{ "what is off stays off", { ABILITIES, TX_BITS, RX_BITS, 0, true, OFF },
	  TIMES_AUTO, false, false, false, "off" },
	{ "what is off is switched on if asked for", { ABILITIES, TX_BITS, RX_BITS, 0, true, OFF },
	  TIMES_HARDWARE, true, true, true, NULL },
	{ "a card that stamps only PTP on receipt is switched on for T1",
	  { ABILITIES, TX_BITS, RX_PTP_BITS, 0, true, OFF }, TIMES_HARDWARE, true, false, true, NULL },
	{ "a card that stamps only what it receives is switched on for T4",
	  { ABILITIES, 1U << HWTSTAMP_TX_OFF, RX_BITS, 0, true, OFF }, TIMES_HARDWARE, false, true,
	  true, NULL },
	{ "a card that stamps nothing of ours is left alone",
	  { ABILITIES, 1U << HWTSTAMP_TX_OFF, RX_PTP_BITS, 0, true, OFF }, TIMES_HARDWARE, false, false,
	  false, "cannot" },
	{ "software timestamps alone are none of a card",
	  { SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE, TX_BITS, RX_BITS, 0, true, OFF },
	  TIMES_HARDWARE, false, false, false, "cannot" },
	{ "a driver that tells nothing has none", { .phc_index = -1 },
	  TIMES_HARDWARE, false, false, false, "cannot" },
	{ "without a clock to read they mean nothing", { ABILITIES, TX_BITS, RX_BITS, -1, true, ON },
	  TIMES_HARDWARE, false, false, false, "clock" },
	{ "a driver that does not tell what is set is not touched",
	  { ABILITIES, TX_BITS, RX_BITS, 0, false, OFF }, TIMES_HARDWARE, false, false, false,
	  "does not tell" },
	{ "who wants the kernel's gets none", { ABILITIES, TX_BITS, RX_BITS, 0, true, ON },
	  TIMES_KERNEL, false, false, false, NULL },
	{ "who wants none of either gets none", { ABILITIES, TX_BITS, RX_BITS, 0, true, ON },
	  TIMES_USER, false, false, false, NULL },
};
/* clang-format on */

static void the_choice_is(void **state)
{
	const struct choice_case *c = *state;
	struct hardware_choice choice = hardware_times_choose(&c->offer, c->wanted);

	assert_int_equal(choice.transmit, c->transmit);
	assert_int_equal(choice.receive, c->receive);
	assert_int_equal(choice.switch_on, c->switch_on);
	if (c->switch_on) {
		assert_int_equal(choice.config.tx_type,
				 c->transmit ? HWTSTAMP_TX_ON : HWTSTAMP_TX_OFF);
		assert_int_equal(choice.config.rx_filter,
				 c->receive ? HWTSTAMP_FILTER_ALL : HWTSTAMP_FILTER_NONE);
	}
	if (c->why_not)
		assert_non_null(strstr(choice.why_not, c->why_not));
	else
		assert_null(choice.why_not);
}

static void loopback_has_none(void **state)
{
	struct hardware_offer offer;

	(void)state;
	hardware_times_read("lo", &offer);
	assert_false(offer.abilities & SOF_TIMESTAMPING_TX_HARDWARE);
	assert_true(offer.phc_index < 0);
	assert_false(offer.config_known);
}

/* The longest name takes the place for its end. */
static void an_interface_that_is_not_there_has_none(void **state)
{
	struct hardware_offer offer;

	(void)state;
	hardware_times_read("fifteen-letters-and-more", &offer);
	assert_int_equal(offer.abilities, 0);
	assert_true(offer.phc_index < 0);
	assert_false(offer.config_known);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, cases, the_choice_is);
	ADD_TEST(tests, count, loopback_has_none);
	ADD_TEST(tests, count, an_interface_that_is_not_there_has_none);
	return RUN_TESTS(tests, count, NULL, NULL);
}
