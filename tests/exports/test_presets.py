"""Each preset on made-up rows under the vendor's real header."""

# ruff: noqa: E501 - one line per row of an export

import csv
import io
from itertools import pairwise

import pytest
from exports_bench import PEOPLE, looked_at, texts

from flamescore.exports import load
from flamescore.frames import Exports
from flamescore.project import all_presets


def row(header: str, **cells: str) -> str:
    """Return a row under a header: cells by name (`_` for characters not allowed in names), the others empty."""
    names = next(csv.reader([header]))
    wanted = dict(cells)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([wanted.pop(_plain(name), "") for name in names])
    assert not wanted, wanted
    return line.getvalue()


def _plain(name: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in name).strip("_")


def contacts(bench, name: str, text: str, preset: str = "auto", more: str = "") -> Exports:
    bench.write(name, text)
    return bench.load(f'contacts: [{{path: "{name}", preset: {preset}{more}}}]\n')


def events(bench, name: str, text: str, preset: str = "auto", more: str = "") -> Exports:
    bench.write(name, text)
    bench.write("people.csv", PEOPLE)
    opened = bench.survey(
        f'contacts: [{{path: people.csv}}]\nevents: [{{path: "{name}", preset: {preset}{more}}}]\n'
    )
    return looked_at(load(opened))


def shown(loaded: Exports, *columns: str) -> list[tuple]:
    frame = loaded.events[0].frame.collect()
    return list(zip(*(texts(frame[c]) if c == "at" else frame[c].to_list() for c in columns), strict=True))


HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Country/Region,Contact owner"


def test_hubspot_contacts(bench):
    loaded = contacts(
        bench,
        "c.csv",
        f"{HUBSPOT}\n0051,Ann,Lee,ann@x.org,'+1 602 555 0101,New,2026-01-02 10:00,Acme,US,Dana\n",
    )
    assert loaded.contacts.select(
        "contact_id", "email", "name", "phone", "company", "owner", "created_at", "Lead Status"
    ).rows() == [
        ("0051", "ann@x.org", "Ann Lee", "+1 602 555 0101", "Acme", "Dana", "2026-01-02 10:00", "New")
    ]
    assert loaded.records[0].notes == ("preset chosen by its headers: `hubspot` (contacts export)",)


EMAIL_EVENTS = "id,_fivetran_synced,app_id,caused_by_created,caused_by_id,created,email_campaign_id,obsoleted_by_created,obsoleted_by_id,portal_id,sent_by_created,sent_by_id,type,filtered_event,recipient"


def test_hubspot_email_events_without_those_that_are_filtered_out(bench):
    text = f"{EMAIL_EVENTS}\n" + "".join(
        row(
            EMAIL_EVENTS,
            id=i,
            created=f"2026-01-0{i} 10:00:00.5",
            type=kind,
            filtered_event=bot,
            recipient=who,
            email_campaign_id="7",
        )
        for i, kind, bot, who in (
            ("1", "OPEN", "false", " ANN@x.org"),
            ("2", "OPEN", "true", "ann@x.org"),
            ("3", "CLICK", "", "bob@x.org"),
            ("4", "SENT", "TRUE", ""),
        )
    )
    loaded = events(bench, "email_event_data.csv", text)
    assert shown(loaded, "contact", "event", "at", "event_id", "asset") == [
        ("ANN@x.org", "email_open", "2026-01-01T10:00:00Z", "1", "7"),
        ("bob@x.org", "link_click", "2026-01-03T10:00:00Z", "3", "7"),
    ]
    counts = loaded.events[0].record.counts
    assert (counts.rows, counts.ignored, counts.rejected) == (4, 2, 0)
    assert loaded.events[0].key == "email"


FORMS = "timestamp,form_id,contact_id,conversion_id,page_id,page_url,portal_id,title,_fivetran_synced"


def test_hubspot_form_submissions(bench):
    loaded = events(
        bench, "forms.csv", f"{FORMS}\n2026-01-01 10:20:00,123,1,101,201,https://x.org/n,12,Newsletter,2026\n"
    )
    assert shown(loaded, "contact_id", "event", "at", "event_id", "asset", "url") == [
        ("1", "form_submit", "2026-01-01T10:20:00Z", "101", "Newsletter", "https://x.org/n")
    ]


MEMBERS = "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,LEID,EUID,NOTES,TAGS,UNSUB_TIME"
OLD_MEMBERS = '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES'
UNSUBSCRIBED = '"Email Address",Name,"ZIP code","Help time",Country,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,"MailChimp Integration",Languages,"Help Location",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES'


def test_mailchimp_members_with_tags_and_without(bench):
    new = row(
        MEMBERS,
        Email_Address="ann@x.org",
        First_Name="Ann",
        Last_Name="Lee",
        LEID="77",
        EUID="ab1",
        TAGS='"VIP","Blog"',
        OPTIN_TIME="2026-01-01 10:00:00",
    )
    loaded = contacts(bench, "new.csv", f"{MEMBERS}\n{new}")
    assert loaded.contacts.select("contact_id", "email", "name", "tags").rows() == [
        ("77", "ann@x.org", "Ann Lee", ["VIP", "Blog"])
    ]
    old = row(OLD_MEMBERS, Email_Address="ann@x.org", First_Name="Ann", LEID="77", EUID="ab1")
    loaded = contacts(bench, "old.csv", f"{OLD_MEMBERS}\n{old}", "mailchimp")
    assert loaded.contacts.select("contact_id", "email", "name").rows() == [("77", "ann@x.org", "Ann")]
    assert "tags" not in loaded.contacts.columns


def test_mailchimp_members_with_one_name_and_headers_that_stand_twice(bench):
    line = row(
        UNSUBSCRIBED,
        Email_Address="ann@x.org",
        Name="Ann Lee",
        LEID="77",
        EUID="ab1",
        UNSUB_TIME="2026-01-02 03:04:05",
        UNSUB_CAMPAIGN_TITLE="May",
    )
    loaded = contacts(bench, "cleaned.csv", f"{UNSUBSCRIBED}\n{line}")
    assert loaded.contacts.select("contact_id", "email", "name").rows() == [("77", "ann@x.org", "Ann Lee")]
    loaded = events(bench, "unsubscribed.csv", f"{UNSUBSCRIBED}\n{line}")
    assert shown(loaded, "contact", "event", "at", "asset") == [
        ("ann@x.org", "unsubscribe", "2026-01-02T03:04:05Z", "May")
    ]


def test_mailchimp_opens_take_their_campaign_from_the_file_name(bench):
    for campaign, at in (("8001", "2026-01-01 10:00:00"), ("8002", "2026-01-02 10:00:00")):
        bench.write(f"opens/{campaign}_spring-sale.csv", f"Timestamp,Email\n{at},ann@x.org\n")
    bench.write("people.csv", PEOPLE)
    loaded = bench.load("contacts: [{path: people.csv}]\nevents: [{path: opens, preset: mailchimp}]\n")
    assert shown(loaded, "contact", "event", "at", "campaign_id") == [
        ("ann@x.org", "email_open", "2026-01-01T10:00:00Z", "8001"),
        ("ann@x.org", "email_open", "2026-01-02T10:00:00Z", "8002"),
    ]


def test_mailchimp_opens_are_not_taken_for_every_file_with_such_columns(bench):
    with pytest.raises(Exception, match="No preset matches the headers"):
        events(bench, "other.csv", "Timestamp,Email,Kind\n2026-01-01,ann@x.org,x\n")


def test_mailchimp_activity_table(bench):
    header = (
        "action,campaign_id,member_id,timestamp,_fivetran_synced,bounce_type,combination_id,ip,list_id,url"
    )
    loaded = events(
        bench,
        "activity.csv",
        f"{header}\nopen,c1,1,2026-01-01 10:00:00,,,,,,\nclick,c1,1,2026-01-01 10:01:00,,,,,,https://x.org\n",
    )
    assert shown(loaded, "contact_id", "event", "at", "campaign_id") == [
        ("1", "email_open", "2026-01-01T10:00:00Z", "c1"),
        ("1", "link_click", "2026-01-01T10:01:00Z", "c1"),
    ]


ORDERS = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value"


def test_shopify_orders_of_several_items_are_one_purchase(bench):
    text = f"{ORDERS}\n" + "".join(
        (
            row(
                ORDERS,
                Name="#1001",
                Email="ann@x.org",
                Financial_Status="paid",
                Total="53.91",
                Created_at="2026-01-01 09:50:26 +0200",
                Lineitem_name="Mask",
                Billing_Zip="'75008",
                Billing_Phone="'+33610826417",
            ),
            row(
                ORDERS,
                Name="#1001",
                Email="ann@x.org",
                Created_at="2026-01-01 09:50:26 +0200",
                Lineitem_name="Cream",
            ),
            row(ORDERS, Name="#1001", Lineitem_name="Soap"),
            row(
                ORDERS,
                Name="#1002",
                Email="bob@x.org",
                Financial_Status="paid",
                Total="0.00",
                Created_at="2026-01-02 09:00:00 -0500",
                Lineitem_name="Gift",
            ),
        )
    )
    loaded = events(bench, "orders_export.csv", text)
    assert shown(
        loaded, "contact", "event", "at", "event_id", "asset", "amount", "Billing Zip", "Billing Phone"
    ) == [
        ("ann@x.org", "purchase", "2026-01-01T07:50:26Z", "#1001", "Mask", "53.91", "75008", "+33610826417"),
        ("bob@x.org", "purchase", "2026-01-02T14:00:00Z", "#1002", "Gift", "0.00", None, None),
    ]
    counts = loaded.events[0].record.counts
    assert (counts.rows, counts.ignored, counts.rejected, counts.superseded) == (4, 2, 0, 0)


def test_the_type_of_a_shopify_order_is_its_financial_status(bench):
    statuses = {
        "paid": "purchase",
        "partially_paid": "purchase",
        "partially_refunded": "purchase",
        "refunded": "refund",
        "voided": "order_voided",
        "pending": "order_pending",
        "authorized": "order_authorized",
        "expired": "order_expired",
        "unpaid": "order_unpaid",
    }
    text = f"{ORDERS}\n" + "".join(
        row(
            ORDERS,
            Name=f"#{number}",
            Email="ann@x.org",
            Financial_Status=status,
            Total="5.00",
            Created_at=f"2026-01-{number:02d} 09:00:00 +0000",
        )
        for number, status in enumerate(statuses, 1)
    )
    loaded = events(bench, "orders_export.csv", text)
    assert [event for (event,) in shown(loaded, "event")] == list(statuses.values())


def test_shopify_customers(bench):
    header = "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt"
    text = f"{header}\n" + row(
        header,
        First_Name="Ann",
        Last_Name="Lee",
        Email="ann@x.org",
        Phone="'+16025550101",
        Total_Spent="10.00",
        Tags="vip, blog",
        Zip="'85001",
    )
    loaded = contacts(bench, "customers.csv", text + row(header, First_Name="Nobody"))
    assert loaded.contacts.select("contact_id", "email", "name", "phone", "tags", "Zip").rows() == [
        ("ann@x.org", "ann@x.org", "Ann Lee", "+16025550101", ["vip", "blog"], "85001")
    ]
    assert loaded.records[0].counts.ignored == 1


PAYMENTS = "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,Card ID,Card Last4,Card Brand,Card Funding,Card Exp Month,Card Exp Year,Card Name,Card Address Line1,Card Address Line2,Card Address City,Card Address State,Card Address Country,Card Address Zip,Card Issue Country,Card Fingerprint,Card CVC Status,Card AVS Zip Status,Card AVS Line1 Status,Card Tokenization Method,Disputed Amount,Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),Invoice ID,Payment Source Type,Destination,Transfer,Interchange Costs,Merchant Service Charge,Transfer Group"


def test_stripe_payments(bench):
    text = f"{PAYMENTS}\n" + "".join(
        row(
            PAYMENTS,
            id=i,
            Created__UTC=at,
            Amount="10.00",
            Status=status,
            Customer_Email="ann@x.org",
            Description="Plan",
        )
        for i, at, status in (
            ("ch_1", "2026-01-01 10:00", "Paid"),
            ("ch_2", "2026-01-02 10:00:30", "Failed"),
            ("ch_3", "2026-01-03 10:00", "Refunded"),
        )
    )
    assert shown(
        events(bench, "payments.csv", text), "contact", "event", "at", "event_id", "amount", "asset"
    ) == [
        ("ann@x.org", "purchase", "2026-01-01T10:00:00Z", "ch_1", "10.00", "Plan"),
        ("ann@x.org", "payment_failed", "2026-01-02T10:00:30Z", "ch_2", "10.00", "Plan"),
        ("ann@x.org", "refund", "2026-01-03T10:00:00Z", "ch_3", "10.00", "Plan"),
    ]


def test_stripe_payments_with_a_created_date(bench):
    header = PAYMENTS.replace("Created (UTC)", "Created date (UTC)")
    text = f"{header}\n" + row(
        header,
        id="ch_1",
        Created_date__UTC="2026-01-01 10:00:05",
        Amount="1,260.00",
        Status="succeeded",
        Customer_Email="ann@x.org",
    )
    loaded = events(bench, "payments.csv", text)
    assert shown(loaded, "contact", "event", "at", "amount") == [
        ("ann@x.org", "purchase", "2026-01-01T10:00:05Z", "1,260.00")
    ]
    assert all(each.keys.numbers is not None for each in all_presets()["stripe"].variants)


CALENDLY = "User Name,Team,Invitee Name,Invitee First Name,Invitee Last Name,Invitee Email,Invitee Time Zone,Invitee accepted marketing emails,Text Reminder Number,Event Type Name,Start Date & Time,End Date & Time,Location,Event Created Date & Time,Canceled,Canceled By,Cancellation reason,Question 1,Response 1,UTM Campaign,UTM Source,UTM Medium,UTM Term,UTM Content,Salesforce UUID,Event Price,Payment Currency,Guest Email(s),Invitee Reconfirmed,Marked as No-Show,Meeting Notes,Group,User Email,Event UUID,Invitee UUID,Invitee scheduled by,Scheduling method"


def test_calendly_events(bench):
    text = f"{CALENDLY}\n" + "".join(
        row(
            CALENDLY,
            Invitee_Email="ann@x.org",
            Event_Type_Name="Demo",
            Event_Created_Date___Time=at,
            Canceled=canceled,
            Invitee_UUID=i,
        )
        for i, at, canceled in (
            ("a", "2026-01-01 09:05 am", "false"),
            ("b", "2026-01-02 12:30 PM", "true"),
            ("c", "2026-01-03 17:00", "false"),
        )
    )
    loaded = events(bench, "calendly.csv", text, more=", timezone: America/Phoenix")
    assert shown(loaded, "contact", "event", "at", "event_id", "asset") == [
        ("ann@x.org", "meeting_booked", "2026-01-01T16:05:00Z", "a", "Demo"),
        ("ann@x.org", "meeting_canceled", "2026-01-02T19:30:00Z", "b", "Demo"),
        ("ann@x.org", "meeting_booked", "2026-01-04T00:00:00Z", "c", "Demo"),
    ]


ZOOM = """\
Attendee Report,
Report Generated:,"01/15/2026 09:00:00 AM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered
"Spring, launch",812 3456 7890,01/14/2026 10:00:00 AM,61,3
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Dana,dana@us.org,01/14/2026 09:55:00 AM,01/14/2026 11:00:00 AM,65,No,United States
Panelist Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Ann,Ann,Lee,ann@x.org,'+16025550101,01/10/2026 08:00:00 AM,approved,01/14/2026 10:01:00 AM,01/14/2026 11:00:00 AM,59,Yes,United States
No,Bob,Bob,Ray,bob@x.org,,01/11/2026 08:00:00 AM,approved,--,--,--,--,--
Yes,Guest,Guest,,,,01/11/2026 08:00:00 AM,approved,01/14/2026 10:02:00 AM,01/14/2026 10:05:00 AM,3,Yes,
"""


def test_zoom_reads_the_last_of_four_tables(bench):
    loaded = events(bench, "attendee_81234567890_2026_01_15.csv", ZOOM)
    assert shown(loaded, "contact", "event", "at", "minutes", "webinar_id", "Phone") == [
        ("ann@x.org", "webinar_attend", "2026-01-14T10:01:00Z", "59", "81234567890", "+16025550101")
    ]
    counts = loaded.events[0].record.counts
    assert (counts.rows, counts.ignored, counts.rejected) == (3, 2, 0)


def test_zoom_reads_a_report_without_registration_and_times_without_seconds(bench):
    text = (
        ZOOM.replace("Registration Time,", "")
        .replace(",01/10/2026 08:00:00 AM", "")
        .replace(",01/11/2026 08:00:00 AM", "")
    )
    text = text.replace("01/14/2026 10:01:00 AM", '"Jan 14, 2026 10:01 AM"')
    loaded = events(bench, "attendee.csv", text)
    assert shown(loaded, "contact", "event", "at") == [
        ("ann@x.org", "webinar_attend", "2026-01-14T10:01:00Z")
    ]


def test_zoom_registrations_by_keys_of_ones_own(bench):
    more = (
        ', columns: {at: Registration Time}, constants: {event: webinar_register}, leave_out: {Attended: "-"}'
    )
    loaded = events(bench, "attendee.csv", ZOOM, "zoom", more)
    assert shown(loaded, "contact", "event", "at") == [
        ("ann@x.org", "webinar_register", "2026-01-10T08:00:00Z"),
        ("bob@x.org", "webinar_register", "2026-01-11T08:00:00Z"),
    ]


def test_zoom_meeting_participants_after_their_preamble(bench):
    text = 'Meeting ID,Topic,Start Time\n812 3456 7890,"Talk, long",01/14/2026\n\nName (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n'
    text += "Ann,ann@x.org,01/14/2026 10:01:00 AM,01/14/2026 10:31:00 AM,30,No\nPhone,,01/14/2026 10:01:00 AM,01/14/2026 10:31:00 AM,30,Yes\n"
    loaded = events(bench, "participants_81234567890.csv", text)
    assert shown(loaded, "contact", "event", "at", "minutes") == [
        ("ann@x.org", "meeting_attend", "2026-01-14T10:01:00Z", "30")
    ]


def test_segment_pages_of_people_who_are_known(bench):
    header = "id,anonymous_id,user_id,received_at,sent_at,timestamp,url,path,title,search,referrer,context_campaign_source,context_campaign_medium,context_campaign_name,context_campaign_term,context_campaign_content,context_ip,context_user_agent"
    text = f"{header}\n" + "".join(
        row(
            header,
            id=i,
            anonymous_id="z",
            user_id=who,
            timestamp="2026-01-01 10:00:00",
            url="https://x.org/p",
            path="/p",
        )
        for i, who in (("a", "1"), ("b", ""))
    )
    loaded = events(bench, "pages.csv", text)
    assert shown(loaded, "contact_id", "event", "at", "event_id", "url") == [
        ("1", "page_visit", "2026-01-01T10:00:00Z", "a", "https://x.org/p")
    ]
    assert loaded.events[0].record.counts.ignored == 1


def test_activecampaign_contacts(bench):
    loaded = contacts(
        bench,
        "ac.csv",
        'Email,First Name,Last Name,Phone,Tags,Date Created,IP,Status\nann@x.org,Ann,Lee,\'+1602,"vip, blog",2026-01-01 10:00:00,,1\n',
    )
    assert loaded.contacts.select("contact_id", "name", "phone", "tags").rows() == [
        ("ann@x.org", "Ann Lee", "+1602", ["vip", "blog"])
    ]


def test_mautic_event_log(bench):
    loaded = events(
        bench,
        "log.csv",
        "id,lead_id,user_id,user_name,bundle,object,action,object_id,date_added,properties\n9,1,,,lead,segment,added,4,2026-01-01 10:00:00,{}\n8,,,,lead,import,failed,4,2026-01-01 10:00:00,{}\n",
    )
    assert shown(loaded, "contact_id", "event", "at", "event_id") == [
        ("1", "segment added", "2026-01-01T10:00:00Z", "9")
    ]


def test_keap_tag_applications(bench):
    bench.write("people.csv", PEOPLE)
    bench.write("tags.csv", "GroupId,ContactGroup,DateCreated,ContactId\n91,VIP,2026-01-01 10:00:00,1\n")
    loaded = bench.load("contacts: [{path: people.csv}]\ntag_history: [{path: tags.csv, preset: auto}]\n")
    assert loaded.tag_history.drop("at").rows() == [("1", "VIP", "applied")]


def test_keap_orders(bench):
    header = "Id,JobTitle,ContactId,StartDate,DueDate,JobNotes,ProductId,JobRecurringId,JobStatus,DateCreated,OrderType,OrderStatus,ShipFirstName,ShipMiddleName,ShipLastName,ShipCompany,ShipPhone,ShipStreet1,ShipStreet2,ShipCity,ShipState,ShipZip,ShipCountry,LastUpdated"
    text = f"{header}\n" + "".join(
        row(
            header,
            Id=each,
            JobTitle="Course",
            ContactId="1",
            DateCreated="2026-01-01T10:00:00Z",
            OrderStatus=status,
        )
        for each, status in (("5", "Paid"), ("6", "Refunded"), ("7", "Unpaid"), ("8", "1"))
    )
    assert shown(events(bench, "jobs.csv", text), "contact_id", "event", "at", "event_id", "asset") == [
        ("1", kind, "2026-01-01T10:00:00Z", each, "Course")
        for each, kind in (("5", "purchase"), ("6", "refund"), ("7", "order_unpaid"), ("8", "1"))
    ]


def test_ontraport_purchases(bench):
    text = "Contact ID,Product Name,Purchase Date,Price,Status\n" + "".join(
        f"1,Course,01/02/2026 03:04 PM,5,{status}\n" for status in ("Paid", "Refunded", "Void", "Odd")
    )
    found = shown(events(bench, "p.csv", text), "contact_id", "event", "at", "asset")
    assert [each[1] for each in found] == ["purchase", "refund", "order_voided", "Odd"]
    assert {(each[0], each[2], each[3]) for each in found} == {("1", "2026-01-02T15:04:00Z", "Course")}


def test_no_preset_makes_every_row_a_purchase():
    kept = [
        f"{name}: {variant.name}"
        for name, preset in all_presets().items()
        for variant in preset.variants
        if variant.keys.constants.get("event") == "purchase"
    ]
    assert kept == []


def test_keap_contacts_and_email_activity(bench):
    loaded = contacts(
        bench, "k.csv", 'Id,First Name,Last Name,Email,Tags\n7,Ann,Lee,ann@x.org,"New Lead,VIP"\n'
    )
    assert loaded.contacts.select("contact_id", "name", "tags").rows() == [
        ("7", "Ann Lee", ["New Lead", "VIP"])
    ]
    loaded = events(
        bench, "mail.csv", "Id,ContactId,Email,Type,Date\n5,1,Spring,Opened,01/02/2026 03:04 PM\n", "keap"
    )
    assert shown(loaded, "contact_id", "event", "at", "asset") == [
        ("1", "email_open", "2026-01-02T15:04:00Z", "Spring")
    ]


def test_ontraport_contacts(bench):
    loaded = contacts(
        bench,
        "o.csv",
        "Contact ID,First Name,Last Name,Email,Contact Tags\n7,Ann,Lee,ann@x.org,*/*VIP*/*Blog*/*\n",
    )
    assert loaded.contacts.select("contact_id", "name", "tags").rows() == [("7", "Ann Lee", ["VIP", "Blog"])]


def test_salesforce_contacts_that_were_merged(bench):
    header = "id,account_id,email,last_name,reports_to_id,created_date,is_deleted,master_record_id"
    rows = [
        "1,A,ann@x.org,Lee,,2026-01-01,FALSE,",
        "2,A,ann@old.org,Lee,,2026-01-01,TRUE,1",
        "3,A,,X,,,TRUE,",
    ]
    loaded = contacts(bench, "sf.csv", "\n".join([header, *rows, ""]))
    assert loaded.contacts["contact_id"].to_list() == ["1"]
    assert loaded.aliases.select("contact_id", "\0survivor", "email").rows() == [("2", "1", "ann@old.org")]
    counts = loaded.records[0].counts
    assert (counts.rows, counts.superseded, counts.ignored, counts.kept) == (3, 1, 1, 1)
    loaded = contacts(bench, "sf.csv", f"{header.rpartition(',')[0]}\n1,A,ann@x.org,Lee,,2026-01-01,FALSE\n")
    assert loaded.aliases is None


def test_salesforce_report_and_its_footer(bench):
    text = "Contact ID,First Name,Last Name,Email,Phone,Account Name\n0035g00000AbCdE,Ann,Lee,ann@x.org,(602) 555-0101,Acme\n0035g00000AbCdF,Bob,Ray,bob@x.org,,Acme\n\n"
    text += '"Contacts"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n"Confidential Information - Do Not Distribute"\n"Generated By:  Dana  01/15/2026 9:00 AM"\n"Acme"\nGrand Totals (2 records)\n'
    loaded = contacts(bench, "report.csv", text)
    assert loaded.contacts["contact_id"].to_list() == ["0035g00000AbCdE", "0035g00000AbCdF"]
    assert loaded.rejects.height == 0
    assert [each.counts.ignored for each in loaded.records] == [6]


# --- the files themselves ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", all_presets())
def test_each_file_holds_source_keys_alone(name):
    for variant in all_presets()[name].variants:
        spec = variant.keys
        assert spec.path == "-"
        assert not spec.given_keys & {"preset", "max_rejects", "max_age", "files"}
        needed = {*spec.REQUIRED} - {*spec.columns, *spec.constants, *variant.header}
        assert needed == set(), variant.name
        who = {"contact_id", "contact"} & {*spec.columns, *variant.header}
        assert len(who) == 1
        assert ("contact" in who) == (getattr(spec, "contact_key", None) is not None)


def test_no_two_variants_of_a_kind_have_one_header():
    signatures = sorted((v.kind, v.header, v.exact) for p in all_presets().values() for v in p.variants)
    assert all(one != other for one, other in pairwise(signatures))


def test_those_that_nobody_has_seen_say_so():
    assert [name for name, preset in all_presets().items() if not preset.verified] == ["keap", "ontraport"]


def test_all_that_were_asked_for_are_there():
    assert list(all_presets()) == [
        "activecampaign", "calendly", "hubspot", "keap", "mailchimp", "mautic", "ontraport", "salesforce", "segment", "shopify", "stripe", "zoom",
    ]  # fmt: skip
