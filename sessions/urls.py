from django.urls import path

from sessions import views

urlpatterns = [
    path("interview/invitation/<str:token>", views.invitation, name="invitation"),
]
