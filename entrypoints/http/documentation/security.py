from litestar.openapi.spec import Components, SecurityScheme

BEARER = "bearer"
WEBHOOK_SIGNATURE = "webhookSignature"

SECURITY_SCHEMES = Components(
    security_schemes={
        BEARER: SecurityScheme(
            type="http",
            scheme="bearer",
            bearer_format="JWT",
            description="`sub` is the user, `store_id` the store, `roles` any of photographer, owner, admin, service.",
        ),
        WEBHOOK_SIGNATURE: SecurityScheme(
            type="apiKey",
            name="webhook-signature",
            security_scheme_in="header",
            description="Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` over the body.",
        ),
    }
)
