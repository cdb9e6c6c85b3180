"""The hands that move the local Messenger: customers, the person in the Page's inbox, faults, clock, report, chat page.

Answers this machine only; never reached by a foreign web page.
"""
