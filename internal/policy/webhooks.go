package policy

// Webhooks of organizations: they are kept by its administrators, and never by keys.
var (
	WebhookCreate = act("webhook.create", OrgRead, Admin)
	WebhookManage = act("webhook.manage", WebhookRead, Admin)
	WebhookRead   = read("webhook.read", Admin, Operator)
)
