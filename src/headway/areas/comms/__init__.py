"""What leaves the building: an outbox of mails, each approved first and sent under one Message-ID.

SMTP is at least once: a crash between the server's answer and our note sends the same bytes again
under the same Message-ID; no event ever has two.
"""
